/**
 * The contracts of trackers and of CI on the GitHub of emulate 0.11.2, which nobody here wrote.
 *
 * Where it is another than GitHub stands below, by name: what is answered in front of it, what is arranged by a
 * detour, and which cases it cannot meet.
 */
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'

import { githubCi } from '../src/ci/github/github-ci.ts'
import { githubClient } from '../src/github/client.ts'
import { githubTracker } from '../src/trackers/github/tracker.ts'
import { type CiSide, ciContract } from './ci.contract.ts'
import type { Deviations } from './deviations.ts'
import { withoutPriorities } from './github/without-priorities.ts'
import { type GithubEmulate, githubEmulate, type Mending } from './github-emulate.ts'
import { closedPort } from './listen.ts'
import { manualClock } from './manual-clock.ts'
import { type TrackerBench, trackerContract } from './tracker.contract.ts'

const mended: readonly Mending[] = [
  {
    name: 'it has no commit statuses, and no combined status',
    at: /^GET \/repos\/[^/]+\/[^/]+\/commits\/[0-9a-f]{40}\/status\?/,
    says: { state: 'pending', total_count: 0, statuses: [] },
  },
]

const noDeletion = 'emulate lets nobody delete an issue'

const ofTracker: Deviations = {
  'an issue comes back as it was written': 'emulate knows no dependencies',
  'each look sees what changed since the last': noDeletion,
  'an issue that was removed is no more': noDeletion,
  'a label on an issue that is no more is gone': noDeletion,
  'a comment on an issue that is no more is gone': noDeletion,
  'an issue that is no more is neither closed nor opened': noDeletion,
  'a close with a commit behind it names the commit': 'no commit closes an issue of emulate’s',
}

let far: GithubEmulate
beforeAll(async () => {
  far = await githubEmulate(mended)
})
afterAll(() => far.close())

const start = Date.parse('2026-11-24T10:00:00Z')

function clientOf(baseUrl: string, clock: ReturnType<typeof manualClock>) {
  const token = () => far.tokenOf('afk-bot')
  const pace = { writeGapMs: 0, pointsPerMinute: 1_000_000 }
  const client = githubClient({ baseUrl, token, clock, ...pace })
  onTestFinished(() => client.close())
  return client
}

describe('the GitHub of emulate 0.11.2 keeps the contract of a tracker:', () => {
  trackerContract(bench, ofTracker)
})

describe('the GitHub of emulate 0.11.2 keeps the contract of a CI, where the required checks are known:', () => {
  ciContract(() => side(['test']))
})

describe('the GitHub of emulate 0.11.2 keeps the contract of a CI, where they are not:', () => {
  ciContract(() => side(null))
})

describe('the GitHub of emulate 0.11.2', () => {
  test('lacks all that is answered in front of it', () => {
    expect(mended.map(({ name }) => name)).toEqual([...far.needed])
  })

  test('is heard on loopback and nowhere else', async () => {
    const { port } = new URL(far.url)
    const outside = Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .filter(({ internal, family }) => !internal && family === 'IPv4')
    for (const { address } of outside)
      await expect(fetch(`http://${address}:${port}/`)).rejects.toThrow('fetch failed')
  })
})

async function bench(): Promise<TrackerBench> {
  const repo = await far.repository()
  const clock = manualClock(start)
  const trackerAt = (baseUrl: string) =>
    githubTracker({ repo, client: clientOf(baseUrl, clock), readyLabel: 'ready', clock })
  const at = (number: number) => `/repos/${repo}/issues/${number}`
  const patch = (number: number, change: object) => far.ask('octo', 'PATCH', at(number), change)
  const impossible = async (what: string) => {
    throw new Error(what)
  }

  return {
    tracker: withoutPriorities(trackerAt(far.url)),
    lost: trackerAt(await closedPort()),
    async make({ title = 'An issue', body = '', labels = [], priority, blockedBy = [], by }) {
      if (blockedBy.length > 0) await impossible('emulate knows no dependencies')
      const who = by === 'mallory' ? by : 'octo'
      const made = await far.ask(who, 'POST', `/repos/${repo}/issues`, { title, body })
      const { number } = made as { readonly number: number }
      // Labels that are given at the creation leave no event there.
      const all = [...labels, ...(priority === undefined ? [] : [`priority: ${priority}`])]
      if (all.length > 0) await far.ask(who, 'POST', `${at(number)}/labels`, { labels: all })
      return number
    },
    rewrite: async (number, change) => void (await patch(number, change)),
    relabel: async (number, labels) =>
      void (await far.ask('octo', 'PUT', `${at(number)}/labels`, { labels })),
    closeByHand: async (number) => void (await patch(number, { state: 'closed' })),
    closeByCommit: () => impossible('no commit closes an issue of emulate’s'),
    reopenByHand: async (number) => void (await patch(number, { state: 'open' })),
    remove: () => impossible(noDeletion),
    async comments(number) {
      const said = await far.ask('octo', 'GET', `${at(number)}/comments?per_page=100`)
      return (said as ReadonlyArray<{ readonly body: string }>).map(({ body }) =>
        body.replace(/^<!--.*-->\n/, ''),
      )
    },
    version: async () => String(far.writesOf('afk-bot')),
  }
}

async function side(required: readonly string[] | null): Promise<CiSide> {
  const repo = await far.repository({ auto_init: true })
  const clock = manualClock(start)
  const ci = githubCi({ repo, client: clientOf(far.url, clock), required, branch: 'main', clock })
  let pushed = 0

  async function commit(): Promise<string> {
    pushed += 1
    const content = { message: `the ${pushed}.`, content: 'eA==', branch: 'main' }
    const said = await far.ask('octo', 'PUT', `/repos/${repo}/contents/${pushed}.txt`, content)
    return (said as { readonly commit: { readonly sha: string } }).commit.sha
  }
  /** A check run, which only an App could make on GitHub. */
  async function check(head_sha: string, stands: object): Promise<number> {
    const run = { name: 'test', head_sha, ...stands }
    const made = await far.ask('octo', 'POST', `/repos/${repo}/check-runs`, run)
    // As a webhook would; without one the second read is due by itself.
    if (required !== null) ci.hasten(head_sha)
    return (made as { readonly id: number }).id
  }

  return {
    ci: {
      ...ci,
      async look(at) {
        const verdict = await ci.look(at)
        clock.advance(30_000)
        return verdict
      },
    },
    async commitThat(end, summary = '') {
      const sha = await commit()
      const conclusion = end === 'passes' ? 'success' : 'failure'
      await check(sha, { status: 'completed', conclusion, output: { title: 'test', summary } })
      return sha
    },
    async commitThatWaits() {
      const sha = await commit()
      const id = await check(sha, { status: 'in_progress' })
      const over = { status: 'completed', conclusion: 'success' }
      return {
        commit: sha,
        finish: async () =>
          void (await far.ask('octo', 'PATCH', `/repos/${repo}/check-runs/${id}`, over)),
      }
    },
    now: clock.now,
    commitWithoutChecks: commit,
  }
}
