import { describe, expect, test } from 'vitest'

import { afk } from '../../test/afk.ts'
import { readyIssue } from '../../test/loop-stand-ins.ts'
import { servedBell } from '../../test/served-bell.ts'
import type { Kept } from '../executors/executor.ts'
import { PlacesView } from '../server/place-schemas.ts'

/** A node with runs that were withdrawn, and the worktree of each: what would be lost with it. */
async function keeping(...reasons: ReadonlyArray<string | null>) {
  const kept: Kept[] = []
  const node = await servedBell({ issues: [readyIssue()], kept })
  const runs: string[] = []
  for (const [index, why] of reasons.entries()) {
    const started = await node.afk('start', 'infra#42')
    const run = /run_[0-9a-f-]+/.exec(started.out)![0]
    await node.afk('stop', run)
    await node.store.freeSlot(run)
    runs.push(run)
    kept.push({ run, path: `/places/${index}`, branch: `afk/${index}`, why })
    // A run is told from the next by when it ended.
    node.later(1_000)
  }
  return { node, runs, kept }
}

describe('afk clean', () => {
  test('lists what was kept, newest last, and the issue first', async () => {
    const { node, runs } = await keeping('a stash', null)
    expect(await node.afk('clean')).toEqual({
      code: 0,
      out: [
        `infra#42  withdrawn  ${runs[0]}  /places/0  a stash`,
        `infra#42  withdrawn  ${runs[1]}  /places/1  nothing would be lost`,
      ].join('\n'),
      err: '',
    })
    const { out } = await node.afk('clean', '--json')
    expect(PlacesView.parse(JSON.parse(out)).places.map(({ run }) => run)).toEqual(runs)
  })

  test('names the columns on a terminal, above what stands in them', async () => {
    const { node, runs, kept } = await keeping('a stash')
    kept.push({ run: 'run_x', path: '/places/acme%2Fweb', branch: 'afk/x', why: null })
    const { out } = await afk(['clean'], { env: node.env, isTerminal: true })
    const [head = '', ...lines] = out.split('\n')
    expect(head).toMatch(/^ISSUE +ENDED AS +RUN +WORKTREE +WITH IT$/)
    const at = ['ENDED AS', 'RUN', 'WORKTREE', 'WITH IT'].map((name) => head.indexOf(name))
    const cells = lines.map((line) =>
      [0, ...at].map((from, index) => line.slice(from, at[index]).trim()),
    )
    expect(cells).toEqual(
      expect.arrayContaining([
        ['infra#42', 'withdrawn', runs[0], '/places/0', 'a stash'],
        ['infra', 'not in the store', 'run_x', '/places/acme%2Fweb', 'nothing would be lost'],
      ]),
    )
  })

  test('says where nothing is kept', async () => {
    const { node } = await keeping()
    expect((await node.afk('clean')).out).toBe('no worktree is kept')
    expect(await node.afk('clean', '--all')).toEqual({
      code: 0,
      out: 'there is none in which nothing would be lost',
      err: '',
    })
  })

  test('removes what it is told, and says what it keeps', async () => {
    const { node, runs, kept } = await keeping('a stash', null)
    const { code, out, err } = await node.afk('clean', 'run_absent', ...runs)
    expect([code, out]).toEqual([1, `removed: ${runs[1]}`])
    expect(err).toMatch(/^afk: run_absent was not removed: no run has that id/)
    expect(err).toContain(`\nafk: ${runs[0]} was kept: a stash (/places/0)`)
    expect(kept.map(({ run }) => run)).toEqual([runs[0]])
  })

  test('--all removes each in which nothing would be lost, and leaves the others', async () => {
    const { node, runs, kept } = await keeping(null, 'a stash', null)
    expect(await node.afk('clean', '--all')).toEqual({
      code: 0,
      out: `removed: ${runs[0]}\nremoved: ${runs[2]}`,
      err: '',
    })
    expect(kept.map(({ run }) => run)).toEqual([runs[1]])
  })

  test('--discard removes it with what would be lost, and says which branch stays', async () => {
    const { node, runs, kept } = await keeping('a commit of it is nowhere else')
    expect(await node.afk('clean', runs[0]!, '--discard')).toEqual({
      code: 0,
      out: `removed: ${runs[0]}; its commits stay on afk/0`,
      err: '',
    })
    expect(kept).toEqual([])
  })

  test('of a run under way is exit 1, and removes nothing', async () => {
    const { node } = await keeping()
    const run = /run_[0-9a-f-]+/.exec((await node.afk('start', 'infra#42')).out)![0]
    const { code, err } = await node.afk('clean', run, '--discard')
    expect([code, err]).toEqual([1, expect.stringMatching(/it is under way: afk stop ends it/)])
  })

  test('of a disarmed loop is exit 1 with what is missing', async () => {
    const { code, err } = await (await servedBell()).afk('clean')
    expect([code, err]).toEqual([1, expect.stringMatching(/loop_disarmed[^]*kill switch/)])
  })

  test.each([
    ['run_1', '--all'],
    ['--discard'],
    ['--all', '--discard'],
    ['--all', '--json'],
    ['run_1', '--json'],
  ])('with what makes no sense is exit 2: %s %s', async (...argv) => {
    const { node } = await keeping()
    expect((await node.afk('clean', ...argv)).code).toBe(2)
  })
})
