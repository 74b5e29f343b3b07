import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'

import { type CommandBench, commandBench } from '../../test/command-bench.ts'
import { until } from '../../test/until.ts'
import type { Order } from '../executors/executor.ts'
import { git } from '../git/git.ts'
import { readPlace, writePlace } from './places.ts'
import { tidyPlace } from './tidy-place.ts'

const says = (part: string) => expect.stringContaining(part) as string

/** A run whose only turn did this and is over. */
async function ended(script: string): Promise<CommandBench> {
  const bench = commandBench(`${script || ':'}; :`)
  await bench.executor.ask(bench.order())
  await settled(bench)
  return bench
}

async function settled(bench: CommandBench): Promise<void> {
  await bench.over()
  await nobodyAlive(bench)
}

const nobodyAlive = (bench: CommandBench) =>
  until('nobody of it is alive', async () => (await bench.alive()).length === 0)

const gone = { type: 'removed', left: [] }

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
    expect(await bench.executor.tidy(bench.turn.run)).toEqual(gone)
    expect(existsSync(bench.worktree)).toBe(false)
    expect(branches(bench)).toBe('main\n')
    expect(await bench.node().tidy(bench.turn.run)).toEqual(gone)
  })

  test('where the agent deleted the worktree, and nothing but the branch is left', async () => {
    const bench = await ended('rm -rf "$PWD"')
    expect(await bench.executor.tidy(bench.turn.run)).toEqual(gone)
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
    ['a lock', 'git worktree lock --reason mine "$PWD"', 'it is locked: mine'],
    [
      'no link to the clone any more',
      'rm .git; git init -q; git add .; git commit -qm x',
      'it is no worktree of the clone',
    ],
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
    expect(await bench.executor.tidy(bench.turn.run)).toEqual(gone)
    expect(bench.sh('git stash list')).toContain('main')
  })

  test('an origin that cannot be asked, until it can', async () => {
    const bench = await ended('')
    bench.sh('git remote set-url origin /no/where')
    const why = says('origin could not be asked')
    expect(await bench.executor.tidy(bench.turn.run)).toMatchObject({ type: 'kept', why })
    bench.sh(`git remote set-url origin ${bench.origin}`)
    expect(await bench.executor.tidy(bench.turn.run)).toEqual(gone)
  })

  test('a record of the place that somebody changed', async () => {
    const bench = await ended('')
    bench.sh(`echo '{' > ${bench.folder}/places/${bench.turn.run}.json`)
    const why = says('no record of ours any more')
    const kept = { type: 'kept', path: bench.worktree, why }
    expect(await bench.executor.tidy(bench.turn.run)).toEqual(kept)
    expect(await bench.executor.interrupt(bench.turn)).toBe(true)
  })

  test('a submodule that is checked out', async () => {
    const add = `git -c protocol.file.allow=always submodule -q add "$ORIGIN" sub`
    const bench = commandBench(`${add}; git commit -qm sub; git push -q origin HEAD:main`)
    const executor = bench.node({ env: { ...bench.options.env, ORIGIN: bench.origin } })
    await executor.ask(bench.order())
    await settled(bench)
    const why = 'submodules are checked out in it'
    expect(await executor.tidy(bench.turn.run)).toMatchObject({ type: 'kept', why })
  })

  test('a person in it', async () => {
    const bench = await ended('')
    const shell = spawn('sleep', ['300'], { cwd: bench.worktree, stdio: 'ignore' })
    const left = once(shell, 'exit')
    onTestFinished(() => void shell.kill('SIGKILL'))
    for (const discard of [false, true])
      expect(await bench.executor.tidy(bench.turn.run, { discard })).toMatchObject({
        type: 'kept',
        why: `process ${shell.pid} is in it`,
      })
    shell.kill('SIGKILL')
    await left
    expect(await bench.executor.tidy(bench.turn.run)).toEqual(gone)
  })

  test('a place that its record puts elsewhere', async () => {
    const bench = await ended('')
    const place = readPlace(bench.folder, bench.turn.run)!
    writePlace(bench.folder, bench.turn.run, { ...place, path: bench.repo })
    const why = 'the record of its place was changed'
    const tidied = await bench.executor.tidy(bench.turn.run, { discard: true })
    expect(tidied).toMatchObject({ type: 'kept', why })
    expect(existsSync(bench.repo)).toBe(true)
  })

  test('a worktree whose record is gone', async () => {
    const bench = await ended('')
    rmSync(join(bench.folder, 'places', `${bench.turn.run}.json`))
    const why = 'the record of its place is gone'
    const kept = { type: 'kept', path: bench.worktree, why }
    expect(await bench.executor.tidy(bench.turn.run, { discard: true })).toEqual(kept)
    const listed = { run: bench.turn.run, path: bench.worktree, branch: bench.order().branch, why }
    expect(await bench.executor.places()).toEqual([listed])
  })

  test.runIf(process.platform === 'linux')(
    'a process that the agent left, and that hides from it (needs /proc)',
    async () => {
      const bench = commandBench('(cd /; setsid sleep 300 & sleep 0.2); echo well')
      await bench.executor.ask(bench.order())
      await bench.over()
      await until('only that is alive', async () => (await bench.alive()).length === 1)
      const why = 'something of the run is alive'
      expect(await bench.executor.tidy(bench.turn.run)).toMatchObject({ type: 'kept', why })
    },
  )

  test('a process that the agent left', async () => {
    const bench = commandBench('sleep 300 & echo well')
    await bench.executor.ask(bench.order())
    await bench.over()
    const why = 'something of the run is alive'
    expect(await bench.executor.tidy(bench.turn.run)).toMatchObject({ type: 'kept', why })
    expect(await bench.executor.interrupt(bench.turn)).toBe(true)
    expect(await bench.executor.tidy(bench.turn.run)).toEqual(gone)
  })
})

describe('runs that had a place one after the other', () => {
  const next = (bench: CommandBench, branch: string) =>
    bench.order({ run: `${bench.turn.run}-b`, branch, continues: bench.turn.run })

  async function wentOn(bench: CommandBench, order: Order) {
    await bench.executor.ask(order)
    await bench.over(order)
    await until(
      'nobody of it is alive',
      async () => (await bench.executor.interrupt(order)) === true,
    )
  }

  test('the last lets go of it for all, with each one’s branch and turns', async () => {
    const bench = await ended('')
    const last = next(bench, 'afk/b')
    await wentOn(bench, last)
    expect(await bench.executor.places()).toMatchObject([{ run: last.run, branch: 'afk/b' }])
    const why = `${last.run} goes on in it`
    for (const discard of [false, true])
      expect(await bench.executor.tidy(bench.turn.run, { discard })).toMatchObject({ why })
    expect(await bench.executor.tidy(last.run)).toEqual(gone)
    expect(existsSync(bench.worktree)).toBe(false)
    expect(await bench.node().tidy(bench.turn.run)).toEqual(gone)
    expect(branches(bench)).toBe('main\n')
    expect(await bench.executor.look([bench.turn, last])).toEqual([])
    expect(readdirSync(join(bench.folder, 'ended')).toSorted()).toEqual(
      [bench.turn.run, last.run].flatMap((run) => [`${run}.1`, `${run}.json`]).toSorted(),
    )
  })

  test('a commit on the branch of the first keeps it', async () => {
    const bench = await ended('')
    bench.sh('git switch -q -c afk/side && git commit -q --allow-empty -m x', bench.worktree)
    bench.sh(
      `git branch -f afk/${bench.turn.run} afk/side; git reset -q --hard main`,
      bench.worktree,
    )
    const last = next(bench, 'afk/b')
    await wentOn(bench, last)
    const why = says('a commit of it is not on origin')
    expect(await bench.executor.tidy(last.run)).toMatchObject({ type: 'kept', why })
  })
})

test('a branch that is not the run’s own stays: one that the agent made, or that it named in a record', async () => {
  const bench = await ended('git switch -q -c mine')
  bench.sh('git checkout -q --detach')
  const place = readPlace(bench.folder, bench.turn.run)!
  writePlace(bench.folder, bench.turn.run, { ...place, branch: 'main' })
  expect(await bench.executor.tidy(bench.turn.run)).toEqual(gone)
  expect(branches(bench)).toContain('main\nmine\n')
})

test('a branch that the agent made stays, and its own goes', async () => {
  const bench = await ended('git switch -q -c afk/mine')
  expect(await bench.executor.tidy(bench.turn.run)).toEqual(gone)
  expect(branches(bench)).toBe('afk/mine\nmain\n')
})

test('a place that a person has removed is not there', async () => {
  const bench = await ended('touch new')
  bench.sh(`git worktree remove -f ${bench.worktree}; git branch -D afk/${bench.turn.run}`)
  expect(await bench.executor.places()).toEqual([])
  expect(await bench.executor.tidy(bench.turn.run)).toEqual(gone)
})

test('a branch that somebody has checked out elsewhere stays', async () => {
  const bench = await ended('git switch -q --detach')
  bench.sh(`git worktree add -q ${bench.root}/mine afk/${bench.turn.run}`)
  expect(await bench.executor.tidy(bench.turn.run)).toEqual(gone)
  expect(branches(bench)).toBe(`afk/${bench.turn.run}\nmain\n`)
})

test('a place that was left half made goes', async () => {
  const bench = commandBench('echo well')
  const base = bench.sh('git rev-parse HEAD').trim()
  const place = { path: bench.worktree, branch: `afk/${bench.turn.run}`, base, rank: 0 }
  writePlace(bench.folder, bench.turn.run, { ...place, isMade: false })
  bench.sh(`git branch ${place.branch}; mkdir -p ${bench.worktree}; touch ${bench.worktree}/half`)
  expect(await bench.executor.tidy(bench.turn.run)).toEqual(gone)
  expect([existsSync(bench.worktree), branches(bench)]).toEqual([false, 'main\n'])
})

test('a run whose place was let go of gets no other', async () => {
  const bench = await ended('')
  await bench.executor.tidy(bench.turn.run)
  const detail = says('was let go of')
  for (const turn of [1, 2])
    expect(await bench.executor.ask(bench.order({ turn }))).toEqual({ type: 'refused', detail })
  const next = bench.order({ run: `${bench.turn.run}-b`, continues: bench.turn.run })
  expect(await bench.executor.ask(next)).toMatchObject({ detail: says('start the issue anew') })
  expect(existsSync(bench.worktree)).toBe(false)
})

test('a record of another run that somebody changed keeps nobody from working or tidying', async () => {
  const bench = await ended('')
  writeFileSync(join(bench.folder, 'places', 'run_other.json'), '{')
  expect(await bench.executor.ask(bench.order({ turn: 2 }))).toMatchObject({ type: 'adopted' })
  await bench.over({ ...bench.turn, turn: 2 })
  await nobodyAlive(bench)
  expect(await bench.executor.tidy(bench.turn.run)).toEqual(gone)
})

test('it is looked at once more when origin was asked, which takes a while', async () => {
  const bench = await ended('')
  const touching = (cwd: string, args: readonly string[]) => {
    if (args.includes('fetch')) writeFileSync(join(bench.worktree, 'late'), '')
    return git(cwd, args)
  }
  const { repo, folder } = bench
  const occupants = async () => () => null
  const ground = { repo, folder, landingBranch: 'main', git: touching, occupants }
  const tidied = await tidyPlace(bench.turn.run, { ground, discard: false, now: 1 })
  expect(tidied).toMatchObject({ type: 'kept', why: says('?? late') })
  expect(await bench.executor.places()).toMatchObject([{ path: bench.worktree }])
})
