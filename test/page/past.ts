/** A plausible past: what a month of a small team's agents leaves behind. */
import {
  busy,
  day,
  gone,
  hour,
  minute,
  type PastRing,
  type PastRun,
  silent,
  taken,
} from './seed.ts'

const both = { phone: [taken], team: [taken] }

const called: readonly PastRing[] = [
  {
    agoMs: 6 * minute,
    kind: 'needs-human',
    issue: 'acme/web#318',
    title: 'Remember the chosen currency',
    detail:
      'It asks: the cart keeps its currency in the session, the profile in the account. Which one wins when they differ?\ncommit 4f21c09be3d7 stays; 1 fix-forward turn, 12 min\nNext: write the answer into the issue, then afk continue acme/web#318',
    threadId: 't-318',
    tries: { phone: [silent, busy, taken], team: [taken] },
  },
  {
    agoMs: 74 * minute,
    kind: 'frozen',
    issue: 'infra#42',
    title: 'Move the image cache to the new bucket',
    detail:
      'attempts used up: 5 fix-forward turns, 48 min, $3.10\nred: integration (eu-west), lint\ncommit 90be71aa04c2 stays\nNext: afk grant infra#42 --attempts 2 --why TEXT, then afk continue infra#42',
    threadId: 't-42',
    tries: { phone: [taken], team: [gone] },
  },
]

const quiet: readonly PastRing[] = [
  {
    agoMs: 25 * minute,
    kind: 'done',
    issue: 'infra#57',
    title: 'Rotate the signing keys every quarter',
    detail: 'commit 0c44e2a9f7b1\ngreen: build, test, plan',
    tries: both,
  },
  {
    agoMs: 3 * hour,
    kind: 'needs-human',
    issue: 'acme/web#311',
    title: 'Export invoices as PDF/A',
    detail: 'Nothing was pushed: the agent ended without a commit\nNext: look at what it left',
    tries: both,
    heard: { by: 'ada', note: 'the font licence is missing; I asked legal' },
  },
  {
    agoMs: 5 * hour,
    kind: 'done',
    issue: 'acme/web#309',
    title: 'Retry uploads that were cut off',
    detail: 'commit 7be1d2c0aa91\ngreen: unit, e2e (chromium), size',
    tries: { phone: [silent, taken], team: [taken] },
  },
  {
    agoMs: 9 * hour,
    kind: 'done',
    issue: 'tools/release#12',
    title: 'Sign the release notes',
    detail: 'commit d3f9170c55ea\ngreen: test',
    tries: both,
  },
  {
    agoMs: 22 * hour,
    kind: 'frozen',
    issue: 'infra#39',
    title: 'Pin the base images',
    detail: 'minutes used up: 3 fix-forward turns, 60 min\nred: scan',
    tries: both,
    heard: { by: 'grace' },
  },
]

const issues = ['infra', 'acme/web', 'tools/release', 'acme/api'] as const
const titles = [
  'Drop the unused feature flags',
  'Paginate the audit log',
  'Answer 429 with Retry-After',
  'Cache the price list',
  'Move the cron jobs to the scheduler',
]

/** Seven weeks before that, a few a day, most of them done. */
const older: readonly PastRing[] = Array.from({ length: 96 }, (_, index) => {
  const kind = index % 9 === 4 ? 'needs-human' : index % 13 === 7 ? 'frozen' : 'done'
  const ring = {
    agoMs: 2 * day + index * 12 * hour + (index % 7) * 37 * minute,
    kind,
    issue: `${issues[index % 4]}#${300 - index}`,
    title: titles[index % 5] ?? '',
    detail: kind === 'done' ? 'commit 5d0c7be9a110\ngreen: build, test' : 'red: test (node 24)',
    tries: both,
  } as const
  return kind === 'done' ? ring : { ...ring, heard: { by: index % 2 === 0 ? 'ada' : 'grace' } }
})

export const pastRings: readonly PastRing[] = [...called, ...quiet, ...older]

export const pastRuns: readonly PastRun[] = Array.from({ length: 24 }, (_, index) => ({
  agoMs: 25 * minute + index * 9 * hour,
  issue: `${issues[index % 4]}#${300 - index}`,
  title: titles[index % 5] ?? '',
  end:
    index % 7 === 3
      ? ({ state: 'frozen', ranOut: 'attempts' } as const)
      : index % 11 === 5
        ? ({ state: 'withdrawn', withdrawnBy: 'ada' } as const)
        : ({ state: 'done', passed: ['build', 'test'] } as const),
}))
