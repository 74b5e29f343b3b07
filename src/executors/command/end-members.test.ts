import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, onTestFinished, test } from 'vitest'

import { commandBench, killNow } from '../../../test/command-bench.ts'
import { until } from '../../../test/until.ts'
import { systemClock } from '../../clock.ts'
import { endMembers } from './end-members.ts'
import { folderOf, processes, runOf } from './processes.ts'
import { readStarted } from './records.ts'
import { processStart } from './wrapper.ts'

const patience = { termMs: 300, killMs: 3000 }
const hasProc = process.platform === 'linux'

function turnOf(bench: ReturnType<typeof commandBench>) {
  return { id: bench.turn, records: bench.records(), worktree: bench.worktree }
}

describe('an interrupted turn', () => {
  test('is asked to end, and says how it did', async () => {
    const bench = commandBench(
      'trap "echo bye; exit 7" TERM; echo $$ > "$EVIDENCE/ready"; while :; do sleep 0.05; done',
    )
    await bench.executor.ask(bench.order())
    await until('it is ready', () => bench.told('ready').length > 0)
    expect(await bench.executor.interrupt(bench.turn)).toBe(true)
    expect(await bench.over()).toMatchObject({
      end: { detail: expect.stringContaining('exit code 7') },
    })
    expect(await bench.alive()).toEqual([])
  })

  test('is killed where it will not, with all that it started', async () => {
    const deaf =
      'trap "" TERM; (trap "" TERM; sleep 300; sleep 300) & echo $$ > "$EVIDENCE/ready"; while :; do sleep 1; done'
    const bench = commandBench(deaf)
    await bench.executor.ask(bench.order())
    await until('it is ready', () => bench.told('ready').length > 0)
    const beganAt = performance.now()
    expect(await endMembers(turnOf(bench), patience)).toBe(true)
    expect(performance.now() - beganAt).toBeGreaterThan(patience.termMs)
    expect(await bench.over()).toMatchObject({ end: { detail: 'ended by SIGKILL' } })
    expect(await bench.alive()).toEqual([])
  })

  test.runIf(hasProc)('ends also what left its group and its session (needs /proc)', async () => {
    const bench = commandBench(
      'setsid sleep 300 & echo $! > "$EVIDENCE/ready"; wait; exec sleep 300',
    )
    await bench.executor.ask(bench.order())
    await until('it has left', () => bench.told('ready').length > 0)
    expect(await endMembers(turnOf(bench), patience)).toBe(true)
    expect(await bench.alive()).toEqual([])
  })

  test('that is stopped is ended', async () => {
    const bench = commandBench('echo $$ > "$EVIDENCE/ready"; kill -STOP $$; exec sleep 300')
    await bench.executor.ask(bench.order())
    await until('it is ready', () => bench.told('ready').length > 0)
    expect(await endMembers(turnOf(bench), patience)).toBe(true)
    expect(await bench.alive()).toEqual([])
  })

  test('that is over already ends what it left running', async () => {
    const bench = commandBench('sleep 300 & env -i sleep 300 & echo well')
    await bench.executor.ask(bench.order())
    await bench.over()
    await until('its wrapper has gone', async () => (await wrapperOf(bench)) === undefined)
    // The one without an environment is known by its group, as of before the wrapper went.
    const { group } = (await bench.alive())[0]!
    const members = async () =>
      (await processes()).filter((one) => one.group === group && !one.isDead)
    expect(await members()).toHaveLength(2)
    expect(await endMembers(turnOf(bench), patience)).toBe(true)
    expect(await members()).toEqual([])
  })

  test.runIf(hasProc)(
    'is not ended while a stranger is in its worktree, whom nobody ends (needs /proc)',
    async () => {
      const bench = commandBench('echo well')
      await bench.executor.ask(bench.order())
      await bench.over()
      const person = spawn('sleep', ['300'], {
        cwd: bench.worktree,
        env: {},
        detached: true,
        stdio: 'ignore',
      })
      const ended = once(person, 'exit')
      onTestFinished(() => killNow(person.pid!))
      expect(await endMembers(turnOf(bench), patience)).toBe(false)
      expect(processStart(person.pid!)).not.toBeNull()
      person.kill('SIGKILL')
      await ended
      expect(await endMembers(turnOf(bench), patience)).toBe(true)
    },
  )

  test('that is about to be asked is never started, however far the asking is', async () => {
    const bench = commandBench('echo well >> $EVIDENCE/ran')
    const asked = bench.executor.ask(bench.order())
    expect(await bench.executor.interrupt(bench.turn)).toBe(true)
    await asked
    const lost = { id: bench.turn, type: 'over', end: { how: 'lost' } }
    expect(await bench.executor.look([bench.turn])).toMatchObject([lost])
    expect(bench.told('ran')).toEqual([])
  })

  test.runIf(hasProc)('leaves a later turn of the run alone', async () => {
    const bench = commandBench('if [ $AFK_TURN = 2 ]; then exec sleep 300; fi')
    await bench.executor.ask(bench.order())
    await bench.over()
    await bench.executor.ask(bench.order({ turn: 2 }))
    expect(await endMembers({ ...turnOf(bench), worktree: null }, patience)).toBe(true)
    const second = { ...bench.turn, turn: 2 }
    expect(await bench.executor.look([second])).toMatchObject([{ type: 'running' }])
  })
})

describe('the processes of this machine', () => {
  test('ps and /proc tell the same of this one', async () => {
    const mine = (all: Awaited<ReturnType<typeof processes>>) =>
      all.find(({ pid }) => pid === process.pid)!
    const told = mine(await processes())
    const byPs = mine(await processes('other'))
    expect(byPs).toMatchObject({ group: told.group, isDead: false })
    expect(Math.abs(byPs.startedAt - told.startedAt)).toBeLessThan(2000)
    expect(byPs.start).toBe(processStart(process.pid, 'other'))
    expect(told.start).toBe(processStart(process.pid))
    expect(processStart(2 ** 22 + 1)).toBeNull()
    expect(processStart(2 ** 22 + 1, 'other')).toBeNull()
  })

  test('what cannot be read tells nothing', () => {
    expect([runOf(2 ** 22 + 1), folderOf(2 ** 22 + 1)]).toEqual([null, null])
    expect(runOf(process.pid)).toBeNull()
  })
})

test('output, files and work are signs of life; an instant in the future is none', async () => {
  const steps =
    'until [ -e "$EVIDENCE/go" ]; do sleep 0.05; done; touch -d 2099-01-01 a.txt; mkdir -p x/y; touch x/y/z; exec sleep 300'
  const bench = commandBench(steps)
  // A worktree is walked once its turn was silent for a minute.
  const clock = { ...systemClock, now: () => Date.now() + 61_000 }
  const node = bench.node({ clock })
  await node.ask(bench.order())
  const seenAt = async () => {
    const [sight] = await node.look([bench.turn])
    if (sight?.type !== 'running') throw new Error('it does not run')
    return sight.seenAt
  }
  const later = Date.now() + 1
  await until('time passes', () => Date.now() > later)
  bench.sh('touch go', bench.evidence)
  // At work it is seen now, by the clock that is ahead.
  const isFile = (at: number) => at > later && at <= Date.now()
  await until('a file is a sign', async () => isFile(await seenAt()))
})

async function wrapperOf(bench: ReturnType<typeof commandBench>) {
  const started = readStarted(bench.records())
  return (await processes()).find(
    ({ pid, isDead }) => started?.type === 'started' && pid === started.pid && !isDead,
  )
}
