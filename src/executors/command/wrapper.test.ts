import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { describe, expect, onTestFinished, test } from 'vitest'

import { commandBench, killNow } from '../../../test/command-bench.ts'
import { canMount, fill, smallDisk } from '../../../test/small-disk.ts'
import { temporaryFolder } from '../../../test/temporary.ts'
import { until } from '../../../test/until.ts'
import { KEEP_BYTES, keptOutput } from './output.ts'
import { readAgent, readStarted } from './records.ts'
import { processStart, wrapperSource } from './wrapper.ts'

type Bench = ReturnType<typeof commandBench>

const says = (part: string) => expect.stringContaining(part) as string

function wrapperOf(bench: Bench): number {
  const started = readStarted(bench.records())
  if (started?.type !== 'started') throw new Error('it did not start')
  return started.pid
}

describe('output', () => {
  test('a gigabyte fills neither disk nor memory; its start and its end are kept', async () => {
    const flood = 'echo the start; head -c 1000000000 /dev/zero | tr "\\0" x; echo; echo the end'
    const bench = commandBench(`${flood}; until [ -e "$EVIDENCE/go" ]; do sleep 0.05; done`)
    await bench.executor.ask(bench.order())
    let most = 0
    await until(
      'all of it came',
      () => {
        most = Math.max(most, sizeOf(bench.records()))
        return keptOutput(bench.records(), 'stdout', null).endsWith('the end\n')
      },
      60_000,
    )
    const memory = readFileSync(`/proc/${wrapperOf(bench)}/status`, 'utf8')
    const [, peakKb] = /^VmHWM:\s+(\d+) kB$/m.exec(memory) ?? []
    bench.sh('touch go', bench.evidence)
    await bench.over()
    expect(most).toBeLessThan(3.1 * KEEP_BYTES)
    expect(Number(peakKb)).toBeLessThan(200_000)
    const kept = keptOutput(bench.records(), 'stdout', 1_000_000_020)
    expect(kept).toMatch(/^the start\n/)
    expect(kept).toMatch(/\nthe end\n$/)
    expect(kept.indexOf('\n', 10)).toBe(KEEP_BYTES)
  }, 90_000)

  test.each([0, 1, KEEP_BYTES - 1, KEEP_BYTES, KEEP_BYTES + 1, 2 * KEEP_BYTES, 3 * KEEP_BYTES])(
    'of %i bytes nothing is missing',
    async (bytes) => {
      const bench = commandBench(`head -c ${bytes} /dev/zero | tr "\\0" x >&2; exit 1`)
      await bench.executor.ask(bench.order())
      await bench.over()
      expect(keptOutput(bench.records(), 'stderr', bytes)).toBe('x'.repeat(bytes))
    },
  )
})

describe.skipIf(!canMount('tmpfs'))(
  'a disk that is full (skipped where nothing can be mounted)',
  () => {
    test('the agent works on, its end is written down, and what was lost is said', async () => {
      const disk = smallDisk('tmpfs', '4m')
      const wait = 'until [ -e "$EVIDENCE/go" ]; do sleep 0.05; done'
      const bench = commandBench(`${wait}; head -c 300000 /dev/zero; echo bad >&2; exit 4`)
      const folder = join(disk, 'agents')
      const executor = bench.node({ folder })
      await executor.ask(bench.order())
      fill(disk)
      bench.sh('touch go', bench.evidence)
      await until('it is over', async () => (await executor.look([bench.turn]))[0]?.type === 'over')
      expect(await executor.look([bench.turn])).toMatchObject([
        { type: 'over', end: { how: 'failed', detail: says('could not be written (ENOSPC)') } },
      ])
      await until('its wrapper has gone', async () => (await bench.alive()).length === 0)
    })

    test('a turn that cannot be written down is unreachable, and asked again when there is room', async () => {
      const disk = smallDisk('tmpfs', '4m')
      const bench = commandBench('echo well')
      const executor = bench.node({ folder: join(disk, 'agents') })
      const empty = fill(disk)
      expect(await executor.ask(bench.order())).toMatchObject({ type: 'unreachable' })
      empty()
      await until(
        'it is adopted',
        async () => (await executor.ask(bench.order())).type === 'adopted',
      )
    })
  },
)

describe('an agent that turns on its wrapper', () => {
  test('removing the records changes nothing: they come back, and tell the end', async () => {
    const gone = 'rm -rf "$RECORDS"; until [ -e "$RECORDS/started.json" ]; do sleep 0.05; done'
    const bench = commandBench(`${gone}; echo well`)
    const executor = bench.node({ env: { ...bench.options.env, RECORDS: bench.records() } })
    await executor.ask(bench.order())
    await until('it is over', async () => (await executor.look([bench.turn]))[0]?.type === 'over')
    // The open files of its output went with the folder.
    expect(await executor.look([bench.turn])).toMatchObject([{ end: { how: 'finished' } }])
  })

  test('killing it leaves a turn that runs while the agent does, and is lost after', async () => {
    const bench = commandBench('exec sleep 300')
    const woken: number[] = []
    onTestFinished(bench.executor.watch(({ turn }) => woken.push(turn)))
    await bench.executor.ask(bench.order())
    const agent = readAgent(bench.records())
    killNow(wrapperOf(bench))
    await until('it has gone', () => processStart(wrapperOf(bench)) === null)
    expect(await bench.executor.look([bench.turn])).toMatchObject([{ type: 'running' }])
    expect(woken).toEqual([])
    killNow(agent!.pid)
    expect(await bench.over()).toMatchObject({ end: { how: 'lost' } })
    await until('who watches is woken', () => woken.length > 0)
    const before = await bench.over()
    expect(await bench.over()).toEqual(before)
  })

  test('asking it to end does not: it writes down how the agent ended', async () => {
    const bench = commandBench('kill $PPID; sleep 0.2; kill -HUP $PPID; echo well')
    await bench.executor.ask(bench.order())
    expect(await bench.over()).toMatchObject({ end: { how: 'finished', said: 'well' } })
  })

  test('a record that it forged says nothing about the turn', async () => {
    const bench = commandBench('exec sleep 300')
    await bench.executor.ask(bench.order())
    for (const forged of ['{', '[]', '"x"', '{"type":"started","pid":1,"start":"x","at":1}']) {
      bench.sh(`echo '${forged}' > started.json`, bench.records())
      const detail = says('no record of ours any more')
      expect(await bench.executor.look([bench.turn])).toMatchObject([
        { type: 'unreachable', detail },
      ])
      expect(await bench.executor.ask(bench.order())).toEqual({ type: 'unreachable', detail })
    }
    // It is ended by its environment; that nobody is left cannot be shown.
    expect(await bench.executor.interrupt(bench.turn)).toBe(false)
    expect(await bench.alive()).toEqual([])
  })

  test('a pid that is another process by now is not taken for it', async () => {
    const bench = commandBench('exec sleep 300')
    await bench.executor.ask(bench.order())
    await bench.endAllOf(bench.turn.run)
    const record = JSON.parse(readFileSync(join(bench.records(), 'started.json'), 'utf8')) as object
    const forged = JSON.stringify({ ...record, pid: process.pid })
    rmSync(join(bench.records(), 'agent.json'))
    bench.sh(`echo '${forged}' > started.json`, bench.records())
    expect(await bench.over()).toMatchObject({ end: { how: 'lost' } })
    expect(await bench.executor.interrupt(bench.turn)).toBe(true)
  })

  test('a boot before this one is over', async () => {
    const bench = commandBench('exec sleep 300')
    await bench.executor.ask(bench.order())
    bench.sh(`sed -i 's/"boot":"[^"]*"/"boot":"another"/' started.json`, bench.records())
    expect(await bench.over()).toMatchObject({ end: { how: 'lost' } })
  })
})

test('what an agent leaves running does not hold back its end', async () => {
  const bench = commandBench('(sleep 300; echo late) & echo well')
  await bench.executor.ask(bench.order())
  expect(await bench.over()).toMatchObject({ end: { how: 'finished', said: 'well' } })
})

test('a job that was cut short starts nothing and leaves no trace', async () => {
  const folder = temporaryFolder()
  const job = JSON.stringify({ folder, argv: ['touch', join(folder, 'begun')] })
  const argv = ['--input-type=commonjs', '-e', wrapperSource()]
  for (const input of ['', job.slice(0, -5), job])
    execFileSync(process.execPath, argv, { input, stdio: ['pipe', 'ignore', 'pipe'] })
  expect(readdirSync(folder)).toEqual([])
})

test('bundled, its text is whole and starts the same process', async () => {
  const folder = temporaryFolder()
  const entry = join(import.meta.dirname, 'wrapper.ts')
  const contents = `import { wrapperSource } from '${entry}'\nconst runAgent = 1, keeper = 2\nconsole.log(wrapperSource(), runAgent, keeper)`
  const outfile = join(folder, 'bundle.cjs')
  // As scripts/build.mjs does.
  const how = { bundle: true, platform: 'node', format: 'cjs', target: 'node18' } as const
  await build({ stdin: { contents, resolveDir: folder }, outfile, ...how })
  const source = execFileSync(process.execPath, [outfile])
    .toString()
    .replace(/ 1 2\n$/, '')
  const records = join(folder, 'turns/run.1')
  execFileSync('mkdir', ['-p', records])
  const job = {
    ...{ folder: records, bell: join(folder, 'turns/run.1.over'), order: '{}', cwd: folder },
    ...{ argv: ['echo', 'well'], env: { PATH: process.env['PATH'] }, stdin: null, keepBytes: 1024 },
  }
  const input = `${JSON.stringify(job)}\n`
  execFileSync(process.execPath, ['--input-type=commonjs', '-e', source], { input })
  expect(JSON.parse(readFileSync(join(records, 'end.json'), 'utf8'))).toMatchObject({ code: 0 })
  expect(keptOutput(records, 'stdout', null)).toBe('well\n')
  expect(existsSync(job.bell)).toBe(false)
})

function sizeOf(folder: string): number {
  return readdirSync(folder)
    .filter((name) => name.startsWith('stdout'))
    .reduce(
      (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
      0,
    )
}
