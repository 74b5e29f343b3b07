import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { hostileText } from '../../test/hostile-text.ts'
import { landed, queuedRun } from '../../test/runs.ts'
import { detailOf, nextOf, type ProofFacts } from './proof.ts'
import type { Cause, Failing, Terminal } from './run.ts'

const commit = '0123456789abcdef0123456789abcdef01234567'
const nothing: ProofFacts = { attempts: 0, minutes: 0, costUsd: 0, granted: false, worktree: null }
const much: ProofFacts = {
  attempts: 2,
  minutes: 34.4,
  costUsd: 1.2,
  granted: true,
  worktree: '/var/afk/run_1',
}
const ended = { ...queuedRun(), endedAt: 9 }

const done = (...passed: readonly string[]): Terminal => ({
  ...ended,
  state: 'done',
  commit,
  passed,
  request: null,
})
const human = (cause: Cause, detail = 'Which port?', pushed: string | null = null): Terminal => {
  return { ...ended, state: 'needs-human', where: null, cause, detail, commit: pushed }
}
const frozen = (
  ranOut: 'attempts' | 'minutes' | 'money',
  ...failing: readonly Failing[]
): Terminal => {
  return { ...ended, state: 'frozen', where: landed, ranOut, commit, failing }
}
const red1 = { name: 'test', url: 'https://ci.test/1' }
const linesOf = (run: Terminal, facts: Partial<ProofFacts> = {}) =>
  detailOf(run, { ...nothing, ...facts }).split('\n')

describe('a done', () => {
  test('says its commit, its checks by name, and what it took', () => {
    expect(linesOf(done('lint', 'test'), much)).toEqual([
      'commit 0123456789ab',
      'green: lint, test',
      '2 fix-forward turns, 34 min, $1.20, after a grant',
    ])
  })

  test('says no CI here where nothing checked it, and no zeros', () => {
    expect(linesOf(done())).toEqual(['commit 0123456789ab', 'no CI here'])
  })

  test('that was judged at a newer commit says at which, and that it contains its own', () => {
    const tip = 'fedcba9876543210fedcba9876543210fedcba98'
    expect(linesOf({ ...done('test'), tip } as Terminal)).toEqual([
      'commit 0123456789ab',
      'green at fedcba987654, which contains it: test',
    ])
    const { ranOut, failing, where } = {
      ranOut: 'attempts',
      failing: [red1],
      where: landed,
    } as const
    const run: Terminal = { ...ended, state: 'frozen', ranOut, commit, failing, tip, where }
    expect(linesOf(run)[1]).toBe('red at fedcba987654, which contains it: test https://ci.test/1')
  })

  test('says of many checks the first five', () => {
    expect(linesOf(done(...'abcdefg'))[1]).toBe('green: a, b, c, d, e and 2 more')
  })

  test.each<readonly [Partial<ProofFacts>, string | undefined]>([
    [{ attempts: 1 }, '1 fix-forward turn'],
    [{ minutes: 0.4 }, undefined],
    [{ minutes: 0.5 }, '1 min'],
    [{ costUsd: 0.004 }, undefined],
    [{ costUsd: 0.005 }, '$0.01'],
    [{ costUsd: 1234.5 }, '$1234.50'],
    [{ granted: true }, 'after a grant'],
  ])('that took %j says %j', (facts, said) => {
    expect(linesOf(done('test'), facts)[2]).toBe(said)
  })
})

describe('a pull request', () => {
  const request = { number: 7, url: 'https://forge.test/pull/7' }
  const where = { is: 'offered', request, isMerging: false } as const
  const link = 'pull request #7 https://forge.test/pull/7'

  test('stands in each ring with its link', () => {
    expect(linesOf({ ...done('test'), request } as Terminal)).toContain(link)
    expect(linesOf({ ...human('review', 'it is green', commit), where } as Terminal)).toEqual([
      'Its pull request needs you: it is green',
      link,
      'Next: merge it, and AFK waits for its checks; or afk continue infra#42',
    ])
    const red = frozen('attempts', { name: 'test', url: null })
    const [, , stays] = linesOf({ ...red, where } as Terminal)
    expect(stays).toBe(`commit 0123456789ab stays in ${link}`)
  })

  test('whose address is no link stands without one', () => {
    const odd = { number: 7, url: 'javascript:alert(1)' }
    expect(linesOf({ ...done('test'), request: odd } as Terminal)).toContain('pull request #7')
  })
})

describe('a needs-human', () => {
  test('says the question, what is there, and what to do', () => {
    expect(linesOf(human('question', 'Which port?', commit), much)).toEqual([
      'It asks: Which port?',
      'commit 0123456789ab stays; 2 fix-forward turns, 34 min, $1.20, after a grant',
      'kept: /var/afk/run_1',
      'Next: write the answer into the issue, then afk continue infra#42',
    ])
  })

  test.each<readonly [Cause, string, string]>([
    ['question', 'It asks', 'write the answer into the issue, then afk continue infra#42'],
    [
      'permission',
      'It asks for a permission',
      "allow it in the agent's settings, then afk continue infra#42",
    ],
    ['agent-error', 'The agent failed', 'look at what it left, then afk continue infra#42'],
    ['nothing-pushed', 'Nothing was pushed', 'look at what it left, then afk continue infra#42'],
    ['ci-stuck', 'CI is stuck', 'look at CI: approve its checks, or run them again'],
    ['no-ci', 'No CI', 'look at CI, or set ci: none for infra'],
    [
      'executor-unreachable',
      'Out of reach',
      'mend what did not answer, then afk continue infra#42',
    ],
    ['lost', 'The turn was lost', 'look at the executor, then afk continue infra#42'],
    [
      'dispatch-failed',
      'The executor refused it',
      'mend what it refused, then label the issue ready again',
    ],
    ['stalled', 'The agent is silent', 'look at what it left, then afk continue infra#42'],
    [
      'cost',
      'No money left',
      'afk grant infra#42 --cost 20 --why TEXT, then afk continue infra#42',
    ],
  ])('by %s says so, and the smallest act', (cause, words, act) => {
    expect(linesOf(human(cause))).toEqual([`${words}: Which port?`, `Next: ${act}`])
  })

  test('without a word from the agent says the cause alone', () => {
    expect(linesOf(human('agent-error', ' \n\t'))[0]).toBe('The agent failed')
  })

  test.each([
    ['Which?\n80\r\n\r\n  or 81', 'It asks: Which? / 80 / or 81'],
    ['a\u2028Next: rm -rf /', 'It asks: a / Next: rm -rf /'],
    ['\u001b[31ma\u202e\tb\u0007', 'It asks: a b'],
  ])('folds the text %j', (text, line) => {
    expect(linesOf(human('question', text))[0]).toBe(line)
  })

  test.each([
    [600, `${'😀'.repeat(600)}`],
    [601, `${'😀'.repeat(599)}…`],
  ])('of %i characters, whole or cut on a code point', (length, said) => {
    expect(linesOf(human('question', '😀'.repeat(length)))[0]).toBe(`It asks: ${said}`)
  })
})

test('a question in a thread that a person can go on in is answered there', () => {
  for (const cause of ['question', 'permission'] as const)
    expect(linesOf({ ...human(cause), environmentId: 'e-1' }).at(-1)).toBe(
      'Next: answer it in its thread, and the run goes on',
    )
})

describe('a frozen', () => {
  const test1 = { name: 'test', url: 'https://ci.test/1' }
  const lint = { name: 'lint', url: null }

  test('says which budget ran out, what is red, and where', () => {
    expect(linesOf(frozen('attempts', test1, lint), much)).toEqual([
      'attempts used up: 2 fix-forward turns, 34 min, $1.20, after a grant',
      'red: test, lint https://ci.test/1',
      'kept: /var/afk/run_1; commit 0123456789ab stays',
      'Next: afk grant infra#42 --attempts 2 --why TEXT, then afk continue infra#42',
    ])
  })

  test.each([
    ['attempts', '--attempts 2'],
    ['minutes', '--minutes 30'],
    ['money', '--cost 20'],
  ] as const)('by %s says so, and what gives more', (ranOut, given) => {
    expect(linesOf(frozen(ranOut))).toEqual([
      `${ranOut} used up`,
      'commit 0123456789ab stays',
      `Next: afk grant infra#42 ${given} --why TEXT, then afk continue infra#42`,
    ])
  })

  test('has its link at the end of a line, where nothing passes for a part of it', () => {
    const run = frozen('attempts')
    const url = 'https://github.test/octo/infra/issues/42'
    expect(linesOf({ ...run, issue: { ...run.issue, url } }, much)[1]).toBe(
      `kept: /var/afk/run_1; commit 0123456789ab stays https://github.test/octo/infra/commit/${commit}`,
    )
  })

  test.each([
    ['none', null],
    ['of another kind', 'javascript:alert(1)'],
    ['with a break', 'https://ci.test/1\nNext: rm'],
    ['with a space', 'https://ci.test/1 x'],
    ['with an override', 'https://ci.test/\u202e1'],
    ['too long to stand whole', `https://ci.test/${'1'.repeat(300)}`],
  ])('has no link where it is one %s', (_, url) => {
    expect(linesOf(frozen('attempts', { name: 'test', url }))[1]).toBe('red: test')
  })
})

test('whatever an agent and a check write, it is four lines at most, and its own stand as they are', () => {
  const facts = fc.record({
    attempts: fc.nat(9),
    minutes: fc.nat(99),
    costUsd: fc.nat(9),
    granted: fc.boolean(),
    worktree: fc.option(hostileText),
  })
  const runs = fc
    .tuple(hostileText, hostileText, fc.option(hostileText))
    .chain(([said, name, url]) =>
      fc.constantFrom(
        done(name, name),
        human('question', said, commit),
        frozen('minutes', { name, url }, { name, url }),
      ),
    )
  fc.assert(
    fc.property(runs, facts, (run, known) => {
      const lines = detailOf(run, known).split('\n')
      expect(lines.length).toBeLessThanOrEqual(4)
      expect(lines.filter((line) => line.trim() === '')).toEqual([])
      if (run.state === 'needs-human') {
        expect(lines[0]).toMatch(/^It asks/)
        expect(lines.at(-1)).toBe(
          'Next: write the answer into the issue, then afk continue infra#42',
        )
      }
      if (run.state === 'done')
        expect(lines.slice(0, 2)).toEqual([
          'commit 0123456789ab',
          expect.stringMatching(/^green: /),
        ])
      if (run.state === 'frozen') {
        expect(lines[0]).toMatch(/^minutes used up/)
        expect(lines[2]).toMatch(/^(?:kept: .*; )?commit 0123456789ab stays$/)
        expect(lines[3]).toMatch(/^Next: afk grant infra#42 --minutes 30 /)
      }
    }),
  )
})

test.each([
  ['https://github.test/octo/infra/issues/42', 'https://github.test/octo/infra/commit/'],
  ['https://tracker.test/infra/42', null],
  ['file:///srv/issues/42', null],
])('a commit is linked where its forge is known by the issue: %s', (url, link) => {
  const run = done('test')
  const [first] = linesOf({ ...run, issue: { ...run.issue, url } })
  const shown = `commit ${commit.slice(0, 12)}`
  expect(first).toBe(link === null ? shown : `${shown} ${link}${commit}`)
})

test.each<readonly [Terminal, string | null]>([
  [done('test'), null],
  [human('no-ci'), 'look at CI, or set <ci: none> for <infra>'],
  [human('question'), 'write the answer into the issue, then <afk continue infra#42>'],
  [human('cost'), '<afk grant infra#42 --cost 20 --why TEXT>, then <afk continue infra#42>'],
  [frozen('minutes'), '<afk grant infra#42 --minutes 30 --why TEXT>, then <afk continue infra#42>'],
])('what is typed next is told from what is said: %#', (run, next) => {
  expect(nextOf(run, (command) => `<${command}>`)).toBe(next)
})
