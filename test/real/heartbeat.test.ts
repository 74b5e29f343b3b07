/** An outside switch that hears nothing more of a node that no longer can ring. Each death is provoked. */
import { describe, expect, onTestFinished, test } from 'vitest'

import { listen } from '../listen.ts'
import { startNodeProcess } from '../node-process.ts'
import { canMount, fill, smallDisk } from '../small-disk.ts'
import { temporaryFolder } from '../temporary.ts'
import { until } from '../until.ts'

const everyMs = 1_000

async function watchedNode(folder = temporaryFolder()) {
  const heard: Array<{ readonly at: number; readonly path: string; readonly body: string }> = []
  const url = await listen((req, res, body) => {
    heard.push({ at: performance.now(), path: req.url ?? '', body })
    res.end('OK')
  })
  const heartbeat = { url: `${url}/ping/abc`, every: '1s' }
  const node = await startNodeProcess(folder, { heartbeat, channels: { t: { type: 'terminal' } } })
  onTestFinished(() => node.kill())
  const beats = () => heard.filter(({ path }) => path === '/ping/abc')
  const beating = async () => {
    const before = beats().length
    await until('it beats twice', () => beats().length >= before + 2)
  }
  /** That many periods without a beat; the last beat came within two of the death. */
  const silent = async (diedAt: number) => {
    const quiet = () => performance.now() - Math.max(diedAt, beats().at(-1)?.at ?? 0) > 5 * everyMs
    await until('five periods are silent', quiet)
    expect((beats().at(-1)?.at ?? 0) - diedAt).toBeLessThan(2 * everyMs)
  }
  return { node, heard, beating, silent }
}

describe('a heartbeat', () => {
  test('begins with a start, and ends with a goodbye where the stop is on purpose', async () => {
    const { node, heard, beating } = await watchedNode()
    await beating()
    expect(await node.stop()).toBe(0)
    expect(heard[0]?.path).toBe('/ping/abc/start')
    expect(heard.at(-1)?.path).toBe('/ping/abc/log')
    expect(heard[1]).toMatchObject({ path: '/ping/abc', body: 'nothing waits; 0 due, 0 dead' })
  })

  test('stops within two periods of a node that stands still (SIGSTOP), and comes back with it', async () => {
    const { node, beating, silent } = await watchedNode()
    await beating()
    node.signal('SIGSTOP')
    await silent(performance.now())
    node.signal('SIGCONT')
    await beating()
  })

  test('stops at once with a node that is killed', async () => {
    const { node, heard, beating, silent } = await watchedNode()
    await beating()
    await node.kill()
    await silent(performance.now())
    expect(heard.at(-1)?.path).toBe('/ping/abc')
  })
})

const noDisk = !canMount('tmpfs')

describe.skipIf(noDisk)(`${noDisk ? 'skipped: cannot mount a small disk' : 'a heartbeat'}`, () => {
  test('stops within two periods of a full disk, and comes back when there is room', async () => {
    const disk = smallDisk('tmpfs', '64m')
    const { beating, silent } = await watchedNode(disk)
    await beating()
    const makeRoom = fill(disk)
    await silent(performance.now())
    makeRoom()
    await beating()
  })
})
