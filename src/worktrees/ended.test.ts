import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'

import { type CommandBench, commandBench } from '../../test/command-bench.ts'
import { countedReads } from '../../test/counted-reads.ts'
import { manualClock } from '../../test/manual-clock.ts'
import { temporaryFolder } from '../../test/temporary.ts'
import { forgetEnded, moveAway, readNote, turnsOf, writeNote } from './ended.ts'
import { writePlace } from './places.ts'

/** Records as a turn leaves them that ended then. */
function turnThatEnded(folder: string, name: string, at: number): void {
  const records = join(folder, 'turns', name)
  mkdirSync(records, { recursive: true })
  const started = { type: 'started', pid: 2 ** 22, start: '1', boot: 'before', at: at - 1 }
  writeFileSync(join(records, 'started.json'), JSON.stringify(started))
  writeFileSync(join(records, 'end.json'), JSON.stringify({ at, code: 0 }))
}

const kept = (folder: string) => readdirSync(join(folder, 'ended')).toSorted()

test('moving away takes all turns of a run and no other’s, however often', () => {
  const folder = temporaryFolder()
  for (const name of ['run_a.1', 'run_a.2', 'run_a-b.1']) turnThatEnded(folder, name, 1)
  const place = { path: '/x', branch: 'b', base: 'c', isMade: true, rank: 0 }
  for (const run of ['run_a', 'run_a-b']) writePlace(folder, run, place)
  for (let times = 0; times < 2; times++) {
    moveAway(folder, ['run_a'])
    expect(kept(folder)).toEqual(['run_a.1', 'run_a.2'])
    expect(turnsOf(folder, ['run_a', 'run_a-b'])).toEqual(['run_a-b.1'])
    expect(readdirSync(join(folder, 'places'))).toEqual(['run_a-b.json'])
  }
  turnThatEnded(folder, 'run_a.1', 7)
  moveAway(folder, ['run_a'])
  expect(kept(folder)).toEqual(['run_a.1', 'run_a.2'])
})

describe('forgetting', () => {
  test('takes what ended before the instant, and notes that were written before', async () => {
    const folder = temporaryFolder()
    turnThatEnded(folder, 'run_a.1', 10)
    turnThatEnded(folder, 'run_b.1', 20)
    turnThatEnded(folder, 'run_c.1', 10)
    moveAway(folder, ['run_a', 'run_b'])
    writeNote(folder, 'run_a', { at: 15, left: [] })
    writeNote(folder, 'run_b', { at: 25, left: ['afk/b'] })
    await forgetEnded(folder, 10)
    expect(kept(folder)).toEqual(['run_a.1', 'run_a.json', 'run_b.1', 'run_b.json'])
    await forgetEnded(folder, 20)
    expect(kept(folder)).toEqual(['run_b.1', 'run_b.json'])
    expect([readNote(folder, 'run_a'), readNote(folder, 'run_b')?.left]).toEqual([null, ['afk/b']])
    expect(turnsOf(folder, ['run_c'])).toEqual(['run_c.1'])
  })

  test('knows of a lost turn when it was last written', async () => {
    const folder = temporaryFolder()
    mkdirSync(join(folder, 'ended/run_a.1'), { recursive: true })
    writeFileSync(join(folder, 'ended/run_b.json'), '{')
    await forgetEnded(folder, Date.now() - 60_000)
    expect(kept(folder)).toEqual(['run_a.1', 'run_b.json'])
    await forgetEnded(folder, Date.now() + 60_000)
    expect(kept(folder)).toEqual([])
  })

  test('says once, and at the end, what it could not remove', async () => {
    const folder = temporaryFolder()
    for (const name of ['run_a.1', 'run_b.1', 'run_c.1']) turnThatEnded(folder, name, 1)
    moveAway(folder, ['run_a', 'run_b', 'run_c'])
    for (const name of ['run_a.2', 'run_b.2'])
      mkdirSync(join(folder, 'ended', name, 'end.json'), { recursive: true })
    await expect(forgetEnded(folder, Infinity)).rejects.toThrow(
      /^2 records of ended turns .*EISDIR/,
    )
    expect(kept(folder)).toEqual(['run_a.2', 'run_b.2'])
  })

  test('finds nothing where nothing ended', async () => {
    await expect(forgetEnded(temporaryFolder(), Infinity)).resolves.toBeUndefined()
  })
})

test('5,000 turns that ended change nothing in what a look, an ask or a watch reads', async () => {
  const bench = commandBench('exec sleep 300')
  await bench.executor.ask(bench.order())
  const before = await readBy(bench)
  expect(before).toContain(join(bench.records(), 'started.json'))

  const runs = Array.from({ length: 5_000 }, (_, index) => `run_ended-${index}`)
  for (const run of runs) turnThatEnded(bench.folder, `${run}.1`, 1)
  expect((await readBy(bench)).length).toBeGreaterThan(5_000)
  moveAway(bench.folder, runs)
  expect(kept(bench.folder)).toHaveLength(5_000)
  expect(await readBy(bench)).toEqual(before)
})

/** Every path below the executor's folder that it reads for the one turn that runs. */
async function readBy(bench: CommandBench): Promise<readonly string[]> {
  const clock = manualClock(Date.now())
  const node = bench.node({ clock })
  const read = countedReads()
  expect(await node.look([bench.turn])).toMatchObject([{ type: 'running' }])
  expect(await node.ask(bench.order())).toMatchObject({ type: 'adopted' })
  onTestFinished(node.watch(() => expect.unreachable('nothing ends')))
  // Asked for what is open in this very call.
  clock.advance(1_000)
  const paths = read.stop().filter((path) => path.startsWith(bench.folder))
  expect(existsSync(bench.worktree)).toBe(true)
  return paths
}
