/** What every CI must say of a commit, whoever runs the checks, but for what is known to be said otherwise. */
import { expect, onTestFinished } from 'vitest'

import type { Ci } from '../src/ci/ci.ts'
import { type Deviations, deviating } from './deviations.ts'
import { until } from './until.ts'

export type CiSide = {
  readonly ci: Ci
  /** A commit whose checks end so, after they printed `text`. */
  readonly commitThat: (end: 'passes' | 'fails', text?: string) => Promise<string>
  /** A commit whose checks end well once `finish` was called, and not before. */
  readonly commitThatWaits: () => Promise<{
    readonly commit: string
    readonly finish: () => Promise<void>
  }>
  /** By its own clock. */
  readonly now: () => number
  /** Null: each commit has checks. */
  readonly commitWithoutChecks: (() => Promise<string>) | null
}

export function ciContract(open: () => Promise<CiSide>, deviations: Deviations = {}): void {
  const test = deviating(deviations)
  const settled = async (ci: Ci, commit: string) => {
    const pending = { verdict: 'pending', waitsFor: 'checks' }
    let verdict = await ci.look(commit)
    await until(`CI has judged ${commit}`, async () => {
      if (verdict.verdict !== 'pending') return true
      expect(verdict).toEqual(pending)
      verdict = await ci.look(commit)
      return false
    })
    return verdict
  }

  test('a commit whose checks passed is green, and says which did', async () => {
    const { ci, commitThat } = await open()
    const verdict = await settled(ci, await commitThat('passes'))
    expect(verdict).toEqual({ verdict: 'green', passed: [expect.stringMatching(/./)] })
  })

  test('a commit whose checks failed is red, and says which did and where to read of it', async () => {
    const { ci, commitThat } = await open()
    const verdict = await settled(ci, await commitThat('fails'))
    const failing = [{ name: expect.stringMatching(/./), url: expect.stringMatching(/^\w+:\/\//) }]
    expect(verdict).toEqual({ verdict: 'red', failing })
  })

  test('a commit is pending for as long as its checks run, and then no more', async () => {
    const { ci, commitThatWaits } = await open()
    const { commit, finish } = await commitThatWaits()
    for (let look = 0; look < 5; look += 1)
      expect(await ci.look(commit)).toEqual({ verdict: 'pending', waitsFor: 'checks' })
    await finish()
    expect((await settled(ci, commit)).verdict).toBe('green')
  })

  test('a commit without checks is neither green nor pending', async ({ skip }) => {
    const { ci, commitWithoutChecks } = await open()
    if (commitWithoutChecks === null) return skip('here each commit has checks')
    expect(await ci.look(await commitWithoutChecks())).toEqual({ verdict: 'none' })
  })

  test('what is no commit, or nowhere, throws', async () => {
    const { ci } = await open()
    for (const commit of ['a'.repeat(40), '', 'HEAD', '--all', '../../x', `${'a'.repeat(40)}\n`])
      await expect(ci.look(commit)).rejects.toMatchObject({
        name: 'CiError',
        code: 'unknown-commit',
      })
  })

  test('each commit has its own verdict, and repeated looks agree', async () => {
    const { ci, commitThat } = await open()
    const commits = [await commitThat('passes'), await commitThat('fails')] as const
    await Promise.all(commits.map((commit) => ci.look(commit)))
    const before = [await settled(ci, commits[0]), await settled(ci, commits[1])]
    expect(before.map(({ verdict }) => verdict)).toEqual(['green', 'red'])
    expect(await Promise.all(commits.map((commit) => ci.look(commit)))).toEqual(before)
  })

  test('the logs are the last lines that failing checks printed, as plain text', async () => {
    const { ci, commitThat } = await open()
    const lines = Array.from({ length: 300 }, (_, n) => `line ${n}`)
    const commit = await commitThat('fails', `${lines.join('\n')}\n\u001b[31mnot ok\u001b[0m\n`)
    const verdict = await settled(ci, commit)
    const logs = await ci.logs(commit, verdict.verdict === 'red' ? verdict.failing : [])
    expect(logs.split('\n').length).toBeLessThanOrEqual(200)
    expect(logs).toContain('line 299\nnot ok')
    expect(logs).not.toContain('line 99\n')
  })

  test('the logs have 32 KiB at most', async () => {
    const { ci, commitThat } = await open()
    const commit = await commitThat('fails', `${'€'.repeat(20_000)}end\n`)
    const verdict = await settled(ci, commit)
    const logs = await ci.logs(commit, verdict.verdict === 'red' ? verdict.failing : [])
    expect(Buffer.byteLength(logs)).toBeLessThanOrEqual(32 * 1024)
    expect(logs).toMatch(/€end/)
    expect(logs).not.toContain('\uFFFD')
  })

  test('a verdict is forgotten with its logs if it is older than the instant, and judged again', async () => {
    const { ci, commitThat, now } = await open()
    await ci.forget(now())
    const commit = await commitThat('fails', 'not ok\n')
    const before = now()
    const verdict = await settled(ci, commit)
    await ci.forget(before)
    expect(await ci.look(commit)).toEqual(verdict)
    expect(await ci.logs(commit, [])).toContain('not ok')
    await ci.forget(Infinity)
    expect(await ci.logs(commit, [])).toBe('')
    expect(await settled(ci, commit)).toEqual(verdict)
    expect(await ci.logs(commit, [])).toContain('not ok')
  })

  test('checked, nothing is bad', async () => {
    const { ci, commitThat } = await open()
    await commitThat('passes')
    expect((await ci.check()).filter(({ type }) => type === 'bad')).toEqual([])
  })

  test('whoever watches is called when there is a verdict, until they end it', async () => {
    const { ci, commitThat } = await open()
    const [mine, ended]: [string[], string[]] = [[], []]
    onTestFinished(ci.watch((commit) => mine.push(commit)))
    ci.watch((commit) => ended.push(commit))()
    const commit = await commitThat('passes')
    await ci.look(commit)
    await until('the watcher is called', () => mine.includes(commit))
    expect((await ci.look(commit)).verdict).toBe('green')
    expect(ended).toEqual([])
  })
}
