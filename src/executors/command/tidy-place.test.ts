import { existsSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

import { commandBench, type CommandBench } from '../../../test/command-bench.ts'
import { until } from '../../../test/until.ts'

const says = (part: string) => expect.stringContaining(part) as string

/** A run whose only turn did this and is over. */
async function ended(script: string): Promise<CommandBench> {
  const bench = commandBench(`${script || ':'}; :`)
  await bench.executor.ask(bench.order())
  await bench.over()
  await until('nobody of it is alive', async () => (await bench.alive()).length === 0)
  return bench
}

const branches = ({ sh }: CommandBench) => sh('git branch --format="%(refname:short)"')

describe('a place is removed, with its branch', () => {
  test.each([
    ['where nothing was done', ''],
    ['where all of it landed', 'git commit -q --allow-empty -m x; git push -q origin HEAD:main'],
    [
      'where only ignored files are',
      'echo x > "$(git rev-parse --git-common-dir)/info/exclude"; touch x',
    ],
  ])('%s', async (_, script) => {
    const bench = await ended(script)
    expect(await bench.executor.tidy(bench.turn.run)).toEqual({ type: 'removed' })
    expect(existsSync(bench.worktree)).toBe(false)
    expect(branches(bench)).toBe('main\n')
    expect(await bench.node().tidy(bench.turn.run)).toEqual({ type: 'removed' })
    expect(await bench.over()).toMatchObject({ end: { how: 'finished' } })
  })

  test('where the agent deleted the worktree, and nothing but the branch is left', async () => {
    const bench = await ended('rm -rf "$PWD"')
    expect(await bench.executor.tidy(bench.turn.run)).toEqual({ type: 'removed' })
    expect(branches(bench)).toBe('main\n')
  })
})

describe('a place is kept, with the reason', () => {
  const commit = 'git commit -q --allow-empty -m'
  const rebase = `${commit} x; git push -q origin HEAD:main; git rebase -q --exec false HEAD~1`

  test.each([
    ['an untracked file', 'touch new', 'changes that are not committed'],
    ['a changed file', 'echo two >> a.txt', 'changes that are not committed'],
    ['a staged file', 'touch new; git add new', 'changes that are not committed'],
    ['a repository inside', 'git init -q inner', 'changes that are not committed'],
    ['a stash', 'echo two >> a.txt; git stash', 'something is stashed from it'],
    [
      'a stash with a message',
      'echo two >> a.txt; git stash push -m x',
      'something is stashed from it',
    ],
    ['a commit', `${commit} x`, 'a commit of it is not on origin'],
    ['commits', `${commit} x; ${commit} y`, '2 commits of it are not on origin'],
    [
      'a commit on no branch',
      `git checkout -q --detach; ${commit} x`,
      'a commit of it is not on origin',
    ],
    [
      'a commit pushed elsewhere',
      `${commit} x; git push -q origin HEAD:elsewhere`,
      'not on origin',
    ],
    [
      'a commit, and a worktree that was deleted',
      `${commit} x; rm -rf "$PWD"`,
      'a commit of it is not on',
    ],
    ['a rebase that stopped', rebase, 'is not finished in it'],
    ['a lock', 'git worktree lock "$PWD"', 'git would not'],
  ])('%s', async (_, script, why) => {
    const bench = await ended(script)
    const kept = { type: 'kept', path: bench.worktree, why: says(why) }
    expect(await bench.executor.tidy(bench.turn.run)).toEqual(kept)
    expect(await bench.node().tidy(bench.turn.run)).toEqual(kept)
    expect(branches(bench)).toContain(bench.turn.run)
  })

  test('a person’s stash of another branch does not keep it', async () => {
    const bench = await ended('')
    bench.sh('echo two >> a.txt; git stash')
    expect(await bench.executor.tidy(bench.turn.run)).toEqual({ type: 'removed' })
    expect(bench.sh('git stash list')).toContain('main')
  })

  test('an origin that cannot be asked, until it can', async () => {
    const bench = await ended('')
    bench.sh('git remote set-url origin /no/where')
    const why = says('origin could not be asked')
    expect(await bench.executor.tidy(bench.turn.run)).toMatchObject({ type: 'kept', why })
    bench.sh(`git remote set-url origin ${bench.origin}`)
    expect(await bench.executor.tidy(bench.turn.run)).toEqual({ type: 'removed' })
  })

  test('a record of the place that somebody changed', async () => {
    const bench = await ended('')
    bench.sh(`echo '{' > ${bench.folder}/places/${bench.turn.run}.json`)
    const why = says('no record of ours any more')
    const kept = { type: 'kept', path: bench.worktree, why }
    expect(await bench.executor.tidy(bench.turn.run)).toEqual(kept)
    expect(await bench.executor.interrupt(bench.turn)).toBe(true)
  })

  test('a process that the agent left', async () => {
    const bench = commandBench('sleep 300 & echo well')
    await bench.executor.ask(bench.order())
    await bench.over()
    const why = 'something of the run is alive'
    expect(await bench.executor.tidy(bench.turn.run)).toMatchObject({ type: 'kept', why })
    expect(await bench.executor.interrupt(bench.turn)).toBe(true)
    expect(await bench.executor.tidy(bench.turn.run)).toEqual({ type: 'removed' })
  })
})

test('who goes on in a place lets go of it, and then both have', async () => {
  const bench = await ended('')
  const next = bench.order({ run: `${bench.turn.run}-b`, continues: bench.turn.run })
  await bench.executor.ask(next)
  await bench.over(next)
  await until('its wrapper has gone', async () => {
    const tidied = await bench.executor.tidy(next.run)
    return tidied.type === 'removed'
  })
  expect(existsSync(bench.worktree)).toBe(false)
  expect(await bench.executor.tidy(bench.turn.run)).toEqual({ type: 'removed' })
  expect(branches(bench)).toBe('main\n')
})
