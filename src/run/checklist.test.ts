/** What stands in the comment. What of it is somebody's text, whatever that is: the last of these, and `markdown.test.ts`. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { hostileText } from '../../test/hostile-text.ts'
import { rendered } from '../../test/rendered.ts'
import {
  asked,
  attempts,
  commit,
  failing,
  finished,
  grant,
  green,
  landed,
  liveRun,
  minute,
  over,
  pending,
  policy,
  policyWith,
  pushedWith,
  queuedRun,
  red,
  written,
} from '../../test/runs.ts'
import { checklist, type ChecklistFacts } from './checklist.ts'
import type { Entry } from './event.ts'
import { detailOf } from './proof.ts'
import type { Cause, Ended, Run, RunBase } from './run.ts'

const issue = { repo: 'infra', number: 42, url: 'https://github.test/octo/infra/issues/42' }
const short = commit.slice(0, 12)
const commitLink = `[\`${short}\`](<https://github.test/octo/infra/commit/${commit}>)`

const tip = 'd'.repeat(40)
const tipLink = `[\`dddddddddddd\`](<https://github.test/octo/infra/commit/${tip}>)`

/** One whose agent has its place, and has pushed at 1 min. */
const pushed = written(
  { type: 'asked', at: 0, turn: 1, purpose: 'implement', charge: null },
  {
    type: 'adopted',
    at: 0,
    turn: 1,
    place: '/places/run_1',
    environment: null,
    thread: 'thread_1',
  },
  { type: 'turn-over', at: minute, turn: 1, end: finished, commit },
)
const isRed = [...pushed, ...written({ type: 'checked', at: 2 * minute, commit, checks: red })]
const isGreen = [...isRed, ...written({ type: 'checked', at: 9 * minute, commit, checks: green })]

const ended = (how: Distribute<Ended>, wish: Partial<RunBase> = {}): Run & Ended => {
  return { ...queuedRun({ issue, ...wish }), endedAt: 9 * minute, ...how }
}
type Distribute<T> = T extends unknown ? Omit<T, 'endedAt'> : never
const done = ended({ state: 'done', commit, request: null, passed: ['lint', 'test'] })
const human = (cause: Cause, detail = 'Which port?', left: string | null = null) =>
  ended({ state: 'needs-human', where: null, cause, detail, commit: left })
const frozen = ended({ state: 'frozen', where: landed, ranOut: 'attempts', commit, failing })
const withdrawn = ended({ state: 'withdrawn', withdrawnBy: 'ada' })

const said = (run: Run, wish: Partial<ChecklistFacts> = {}) =>
  checklist({ run, ledger: [], policy, thread: null, now: 0, ...wish })
const textOf = (...asking: Parameters<typeof said>) => said(...asking).text
const linesOf = (...asking: Parameters<typeof said>) => textOf(...asking).split('\n')
const verdictOf = (run: Run) => linesOf(run).slice(2, -5).join('\n')

test('a run whose fix is being checked is told whole', () => {
  const run = { ...liveRun({ turn: over(finished), pushed: pushedWith(pending) }), issue }
  const ledger = [...isRed, ...attempts(1)]
  const thread = 'https://t3.test/?thread=thread_1'
  expect(textOf(run, { ledger, thread, now: 14 * minute })).toBe(
    `AFK run_1
Thread: [\`${thread}\`](<${thread}>)

- [x] worktree
- [x] pushed: ${commitLink}
- [x] CI red: [\`test\`](<https://ci.test/1>)
- [x] fix-forward turn 1 asked

Now: the agent’s turn is over; CI runs

Budget at 1970-01-01 00:14 UTC:

- fix-forward turns: 1 used, 4 left
- minutes: 12 used, 48 left`,
  )
})

test('a run that landed is told whole', () => {
  expect(textOf(done, { ledger: isGreen, now: 99 * minute })).toBe(
    `AFK run_1

- [x] worktree
- [x] pushed: ${commitLink}
- [x] CI red: [\`test\`](<https://ci.test/1>)
- [x] CI green: \`lint\`, \`test\`
- [x] done

**done** at \`${commit}\`: \`lint\` passed, \`test\` passed

Budget at 1970-01-01 00:09 UTC:

- fix-forward turns: 0 used, 5 left
- minutes: 7 used, 53 left`,
  )
})

describe('a run under way', () => {
  test('that nobody has seen anything of ticks nothing', () => {
    expect(linesOf(liveRun({ turn: asked() })).slice(0, 4)).toEqual([
      'AFK run_1',
      '',
      'Now: turn 1 is on its way to the agent',
      '',
    ])
  })

  test.each<readonly [Partial<RunBase>, readonly string[]]>([
    [{ by: 'loop' }, []],
    [{ by: 'ada' }, ['Started by `ada`']],
    [{ by: 'ada', continues: 'run_0' }, ['Continued by `ada`, in the place of `run_0`']],
  ])('with %j says who is behind it', (wish, lines) => {
    expect(linesOf(queuedRun(wish)).slice(1, -7)).toEqual(lines)
  })

  test('has the pull request that it is in, with its link', () => {
    const request = { number: 7, url: 'https://github.test/octo/infra/pull/7' }
    const where = { is: 'offered', request, isMerging: false } as const
    const lines = linesOf(liveRun({ pushed: pushedWith(green, { where }) }))
    expect(lines[1]).toBe('Pull request: [`#7`](<https://github.test/octo/infra/pull/7>)')
  })

  test('has no link to a thread but an http one', () => {
    expect(linesOf(queuedRun(), { thread: 't3code://threads/1' })[1]).toBe(
      'Thread: `t3code://threads/1`',
    )
  })

  test('whose commit a force-push took away says so', () => {
    const ledger = [...pushed, ...written({ type: 'unpushed', at: 0, commit })]
    expect(linesOf(liveRun(), { ledger })).toContain(
      `- [x] \`${short}\` is gone: a force-push took it away`,
    )
  })

  test('judged at a newer commit names that one, and that it contains its own', () => {
    const judged = { type: 'checked', at: 0, commit, tip } as const
    const ledger = [...pushed, ...written({ ...judged, checks: red }, { ...judged, checks: green })]
    const lines = linesOf({ ...liveRun(), issue }, { ledger })
    expect(lines).toContain(`- [x] CI green at ${tipLink}, which contains it: \`lint\`, \`test\``)
    const [, first = ''] = lines.filter((line) => line.includes('which contains it')).toReversed()
    expect(first).toContain(`- [x] CI red at ${tipLink}, which contains it: `)
  })

  test('says of a check that would leave a trace in somebody’s issue its name alone', () => {
    const [name, url] = ['test', 'https://github.test/octo/infra/issues/12']
    const checks = { verdict: 'red', failing: [{ name, url }] } as const
    const ledger = [...pushed, ...written({ type: 'checked', at: 0, commit, checks })]
    expect(linesOf(liveRun(), { ledger })).toContain('- [x] CI red: `test`')
  })
})

describe('the end of a run', () => {
  test.each([
    ['done', done, `**done** at \`${commit}\`: \`lint\` passed, \`test\` passed`],
    [
      'done at a newer commit',
      { ...done, passed: ['test'], tip },
      `**done** at \`${commit}\`: \`test\` passed at ${tipLink}, which contains it`,
    ],
    ['done without CI', { ...done, passed: [] }, `**done** at \`${commit}\`: no CI here`],
    [
      'a question',
      human('question', 'Which port?\n\n80 or 8080?', commit),
      `**needs a human** (question): It asks; \`${commit}\` stays

> \`Which port?\`
>
> \`80 or 8080?\`

Next: write the answer into the issue, then \`afk continue infra#42\``,
    ],
    [
      'a failure, without what was printed',
      human('agent-error', 'token ghp_1234 was refused'),
      '**needs a human** (agent-error): The agent failed\n\nNext: look at what it left, then `afk continue infra#42`',
    ],
    [
      'no CI',
      human('no-ci', ''),
      '**needs a human** (no-ci): No CI\n\nNext: look at CI, or set `ci: none` for `infra`',
    ],
    [
      'frozen',
      frozen,
      `**frozen**: attempts used up; \`${commit}\` stays: [\`test\`](<https://ci.test/1>) failed

Next: \`afk grant infra#42 --attempts 2 --why TEXT\`, then \`afk continue infra#42\``,
    ],
    ['withdrawn', withdrawn, '**withdrawn** by `ada`'],
  ] as const)('%s says its verdict, its proof and what to do next', (_, run, words) => {
    expect(verdictOf(run).replace('- [x] done\n\n', '')).toBe(words)
  })

  const causes: readonly Cause[] = [
    ...(['question', 'permission', 'agent-error', 'nothing-pushed', 'ci-stuck', 'no-ci'] as const),
    ...(['executor-unreachable', 'lost', 'dispatch-failed', 'stalled', 'cost'] as const),
  ]

  test.each([...causes.map((cause) => human(cause)), frozen])(
    'says next what its ring says: %#',
    (run) => {
      const facts = { attempts: 0, minutes: 0, costUsd: 0, granted: false, worktree: null }
      const ring = detailOf(run as Parameters<typeof detailOf>[0], facts)
        .split('\n')
        .at(-1)
      expect(textOf(run).replaceAll('`', '')).toContain(`\n${ring}\n`)
    },
  )
})

describe('earlier runs', () => {
  const end = (run: string, at: number, state: Ended['state']): Entry => {
    return { run, what: { type: 'ended', at, state } }
  }

  test('are named in one line each, with verdict and when', () => {
    const ledger = [end('run_a', 0, 'needs-human'), end('run_b', minute, 'withdrawn'), ...pushed]
    expect(textOf(liveRun(), { ledger }).split('\n\n').slice(-2)).toEqual([
      'Earlier runs:',
      '- `run_a`: needed a human, 1970-01-01 00:00 UTC\n- `run_b`: withdrawn, 1970-01-01 00:01 UTC',
    ])
  })

  test('are those before this one', () => {
    expect(textOf(done, { ledger: [...pushed, end('run_9', 0, 'done')] })).not.toContain('run_9')
  })

  test('tick nothing for this one', () => {
    const ledger = [...isGreen, end('run_1', 0, 'frozen')]
    expect(
      textOf(liveRun({}), { ledger: ledger.map((line) => ({ ...line, run: 'run_a' })) }),
    ).not.toContain('[x]')
  })

  test('beyond ten are counted', () => {
    const ledger = Array.from({ length: 13 }, (_, index) => end(`run_${index}x`, 0, 'frozen'))
    const [list = ''] = textOf(liveRun(), { ledger }).split('\n\n').slice(-1)
    expect(list.split('\n')).toHaveLength(11)
    expect(list).toMatch(/^- and 3 before\n- `run_3x`: frozen/)
  })
})

describe('what has changed in substance', () => {
  const live = liveRun({ pushed: pushedWith(red) })
  const { substance } = said(live, { ledger: isRed, now: 5 * minute })

  test.each<readonly [string, Partial<ChecklistFacts> & { run?: Run }]>([
    ['a minute', { ledger: isRed, now: 6 * minute }],
    [
      'a minute with a sign of life',
      { ledger: [...isRed, ...written({ type: 'alive', at: 8 * minute, turn: 1, seenAt: 0 })] },
    ],
    ['a cent', { ledger: [...isRed, ...written({ type: 'spent', at: 0, turn: 1, costUsd: 3 })] }],
  ])('is not %s, which is told all the same', (_, wish) => {
    expect(said(live, wish).substance).toBe(substance)
    expect(said(live, { ledger: isRed }).text).not.toBe(said(live, wish).text)
  })

  const more = { ...grant, attempts: 1, minutes: 0, costUsd: 0 }

  test.each<readonly [string, Run, readonly Entry[]]>([
    ['a phase', liveRun({ turn: asked(), pushed: pushedWith(red) }), isRed],
    ['CI’s verdict', liveRun({ pushed: pushedWith(green) }), isGreen],
    ['a commit', live, [...isRed, ...written({ type: 'pushed', at: 0, commit: 'c'.repeat(40) })]],
    ['a corrective turn', live, [...isRed, ...attempts(1)]],
    ['a grant', live, [...isRed, ...written(more)]],
    ['the end', withdrawn, isRed],
  ])('is %s', (_, run, ledger) => {
    expect(said(run, { ledger }).substance).not.toBe(substance)
  })
})

describe('whatever others wrote', () => {
  const places = (text: string) => {
    const checks = { verdict: 'red', failing: [{ name: text, url: text }] } as const
    const passed: Entry['what'] = {
      type: 'checked',
      at: 1,
      commit,
      checks: { verdict: 'green', passed: [text, text] },
    }
    const ledger = [
      ...pushed,
      ...written({ type: 'checked', at: 0, commit, checks }, passed),
      ...written({ ...grant, by: text, why: text, attempts: 1, minutes: 1, costUsd: 1 }),
    ]
    const by = { by: text, continues: 'run_0' }
    const runs = [
      liveRun(),
      ended({ state: 'done', commit, passed: [text], request: null }, by),
      ended({ state: 'needs-human', where: null, cause: 'question', detail: text, commit }, by),
      ended(
        { state: 'frozen', where: landed, ranOut: 'money', commit, failing: checks.failing },
        by,
      ),
      ended({ state: 'withdrawn', withdrawnBy: text }, by),
    ]
    return runs.map((run) => textOf(run, { ledger, policy: policyWith({}) }))
  }
  const ours = places('x').map((text) => rendered(text))
  const harmful = fc.constantFrom(
    ...[
      '@octocat',
      '#12',
      'Fixes #12',
      'octo/infra#12',
      '`',
      '``',
      '\n\n',
      '- [x] done',
      '**done**',
    ],
    ...[
      '<!-- afk:v1 issue=1 -->',
      '[x](https://evil.test)',
      '<b>',
      'www.evil.test',
      '\n> ',
      '\n# ',
    ],
  )
  const text = fc.array(fc.oneof(harmful, hostileText), { maxLength: 8 }).map((all) => all.join(''))

  test('changes none of our words, and makes no link, no name called and no markup', () => {
    fc.assert(
      fc.property(text, (hostile) => {
        for (const [index, told] of places(hostile).entries()) {
          const { words, links, others } = rendered(told)
          expect({ words, links, others }).toEqual({
            words: ours[index]?.words,
            links: ours[index]?.links,
            others: [],
          })
        }
      }),
    )
  })

  test('stays far below what GitHub takes', () => {
    const long = '`x'.repeat(50_000)
    const failed = Array.from({ length: 500 }, () => ({
      name: long,
      url: `https://ci.test/${'x'.repeat(280)}`,
    }))
    const checks = { verdict: 'red', failing: failed } as const
    const lines = Array.from({ length: 90 }, (_, index): ReadonlyArray<Entry['what']> => [
      { type: 'pushed', at: 0, commit: String(index).padStart(40, 'a') },
      { type: 'checked', at: 0, commit: String(index).padStart(40, 'a'), checks },
    ])
    const run = ended(
      { state: 'needs-human', where: null, cause: 'question', detail: long, commit },
      { by: long },
    )
    const told = textOf(run, { ledger: written(...lines.flat()) })
    expect(told.length).toBeLessThan(40_000)
  })
})
