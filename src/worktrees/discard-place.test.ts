import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

import { type CommandBench, commandBench } from '../../test/command-bench.ts'
import { until } from '../../test/until.ts'
import { moveAway, writeNote } from './ended.ts'
import { asideOf } from './tidy-place.ts'

/** A run whose only turn did this and is over. */
async function ended(script: string): Promise<CommandBench> {
  const bench = commandBench(`${script}; :`)
  await bench.executor.ask(bench.order())
  await bench.over()
  await until('nobody of it is alive', async () => (await bench.alive()).length === 0)
  return bench
}

const discarded = (bench: CommandBench, executor = bench.executor) =>
  executor.tidy(bench.turn.run, { discard: true })

const commit = 'git commit -q --allow-empty -m'
const own = (bench: CommandBench) => `afk/${bench.turn.run}`
const inClone = ({ sh }: CommandBench, branch: string) =>
  sh(`git log -1 --format=%s ${branch}`).trim()

describe('what is no commit goes with a place that is discarded', () => {
  const rebase = `git push -q origin HEAD:main; git rebase -q --exec false --root`

  test.each([
    ['an untracked file', 'touch new'],
    ['a changed file', 'echo two >> a.txt'],
    ['a repository inside', 'git init -q inner'],
    ['a lock', 'git worktree lock "$PWD"'],
    ['a rebase that stopped', rebase],
    ['a worktree that is none any more', 'rm .git'],
    ['a worktree that its agent deleted', 'rm -rf "$PWD"'],
    ['a worktree that is another repository', 'rm -rf .git; git init -q; touch new'],
  ])('%s', async (_, script) => {
    const bench = await ended(script)
    const gone = { type: 'removed', left: [] }
    expect(await discarded(bench)).toEqual(gone)
    expect(existsSync(bench.worktree)).toBe(false)
    expect(bench.sh('git worktree list').trim().split('\n')).toHaveLength(1)
    expect(bench.sh('git branch --format="%(refname:short)"')).toBe('main\n')
    expect(await discarded(bench, bench.node())).toEqual(gone)
  })

  test('but a stash stays in the clone', async () => {
    const bench = await ended('echo two >> a.txt; git stash -q')
    expect(await discarded(bench)).toEqual({ type: 'removed', left: [] })
    expect(bench.sh('git stash list')).toContain(own(bench))
  })
})

describe('a commit that origin’s landing branch does not have stays in the clone', () => {
  test('on its branch', async () => {
    const bench = await ended(`${commit} precious; touch new`)
    const left = { type: 'removed', left: [own(bench)] }
    expect(await discarded(bench)).toEqual(left)
    expect(inClone(bench, own(bench))).toBe('precious')
    expect(await discarded(bench, bench.node())).toEqual(left)
    bench.sh(`git branch -D ${own(bench)}`)
    expect(await discarded(bench)).toEqual({ type: 'removed', left: [] })
  })

  test('on a branch that the agent made', async () => {
    const bench = await ended(`git switch -q -c mine; ${commit} precious`)
    expect(await discarded(bench)).toEqual({ type: 'removed', left: ['mine'] })
    expect(inClone(bench, 'mine')).toBe('precious')
  })

  test.each([
    ['and the worktree is whole', 'true'],
    ['where its agent deleted the worktree', 'rm -rf "$PWD"'],
  ])('on no branch: it gets one, %s', async (_, more) => {
    const bench = await ended(`git switch -q --detach; ${commit} precious; ${more}`)
    const tidied = await discarded(bench)
    expect(tidied).toEqual({ type: 'removed', left: [expect.stringContaining(`${own(bench)}-`)] })
    expect(await discarded(bench, bench.node())).toEqual(tidied)
    expect(inClone(bench, tidied.type === 'removed' ? tidied.left[0]! : '')).toBe('precious')
  })

  test('and so does every branch while origin cannot be asked', async () => {
    const bench = await ended('')
    bench.sh('git remote set-url origin /no/where')
    expect(await discarded(bench)).toEqual({ type: 'removed', left: [own(bench)] })
  })
})

test('a place in which something of the run is alive is never discarded', async () => {
  const bench = commandBench('exec sleep 300')
  await bench.executor.ask(bench.order())
  const why = 'something of the run is alive'
  expect(await discarded(bench)).toEqual({ type: 'kept', path: bench.worktree, why })
  expect(existsSync(bench.worktree)).toBe(true)
})

describe('a crash in the middle is gone on from, by whoever tidies again', () => {
  const putAside = ({ folder, worktree }: CommandBench) => {
    mkdirSync(join(folder, 'removed'))
    renameSync(worktree, asideOf(folder, worktree))
  }
  const steps: ReadonlyArray<readonly [string, (bench: CommandBench) => void]> = [
    ['the note is written', (b) => writeNote(b.folder, b.turn.run, { at: 1, left: [own(b)] })],
    ['the worktree is put aside', putAside],
    ['git has let go of it', (b) => b.sh(`git worktree remove -f -f ${b.worktree}`)],
    ['its files are gone', (b) => b.sh(`rm -r ${asideOf(b.folder, b.worktree)}`)],
    ['its turns are moved away', (b) => moveAway(b.folder, [b.turn.run])],
  ]

  test.each(steps.map(([name], index) => [name, index + 1] as const))(
    'once %s',
    async (_, count) => {
      const bench = await ended(`${commit} precious; touch new`)
      for (const [, step] of steps.slice(0, count)) step(bench)
      const [place] = await bench.executor.places()
      if (count === 2) expect(place?.path).toBe(asideOf(bench.folder, bench.worktree))
      // Where nothing is at its place any more, it is decided.
      const how = count === 1 ? { discard: true } : { discard: false }
      const left = { type: 'removed', left: [own(bench)] }
      expect(await bench.node().tidy(bench.turn.run, how)).toEqual(left)
      expect(await bench.executor.look([bench.turn])).toEqual([])
      expect(existsSync(asideOf(bench.folder, bench.worktree))).toBe(false)
      expect(bench.sh('git worktree list').trim().split('\n')).toHaveLength(1)
      expect(inClone(bench, own(bench))).toBe('precious')
      expect(await bench.executor.places()).toEqual([])
    },
  )

  test('and a branch that the earlier try made is still told', async () => {
    const bench = await ended('git switch -q --detach')
    const made = `${own(bench)}-0123456789ab`
    bench.sh(`git switch -q -c ${made}; ${commit} precious; git switch -q main`)
    writeNote(bench.folder, bench.turn.run, { at: 1, left: [made] })
    putAside(bench)
    bench.sh(`git worktree remove -f -f ${bench.worktree}`)
    const tidied = await bench.node().tidy(bench.turn.run)
    expect(tidied).toEqual({ type: 'removed', left: [made] })
  })
})
