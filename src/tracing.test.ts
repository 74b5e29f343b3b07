import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'

import { ringBody } from '../test/bell.ts'
import { CLIENT, collector, ERROR, SERVER } from '../test/collector.ts'
import { closedPort } from '../test/listen.ts'
import { receiver, startedNode } from '../test/node.ts'
import { startNodeProcess } from '../test/node-process.ts'
import { temporaryFolder } from '../test/temporary.ts'
import { until } from '../test/until.ts'
import { ringId } from './delivery/ring-id.ts'
import type { LogEvent } from './log.ts'
import { startTracing } from './tracing.ts'
import { VERSION } from './version.ts'

const traceOf = (ring: string) => ring.replace('ring_', '').replaceAll('-', '')

const accepted = (ring: string): LogEvent => ({
  event: 'ring-accepted',
  ring,
  kind: 'frozen',
  title: '[FROZEN] acme/web#7',
  source: 'operator',
  ms: 12.5,
})

const tried = { delivery: 'delivery_7', channel: 'phone', waitedMs: null }

const unsure = (ring: string, at: number): LogEvent => ({
  event: 'delivery-retrying',
  ring,
  ...tried,
  tries: 1,
  at,
  ms: 250,
  outcome: 'unknown',
  code: 'timeout',
  detail: 'no answer in time',
  nextAt: 'soon',
})

const took = (ring: string, at: number): LogEvent => ({
  event: 'delivery-accepted',
  ring,
  ...tried,
  tries: 2,
  at,
  ms: 20,
  outcome: 'accepted',
})

/** What a collector has of these, told to one start of a node. */
async function traced(...events: readonly LogEvent[]) {
  const far = await collector()
  const tracing = startTracing({ url: far.url })
  events.forEach(tracing.tell)
  await tracing.stop()
  return far
}

describe('a ring', () => {
  test('is a trace of its own UUID: a span until it is on disk, and one below it for each try', async () => {
    const ring = ringId(Date.now())
    const now = Date.now()
    const far = await traced(accepted(ring), unsure(ring, now + 5), took(ring, now + 2_000))
    const [root, first, second, ...others] = far.spans()
    expect(others).toEqual([])
    const traceId = traceOf(ring)
    expect(root).toMatchObject({
      traceId,
      spanId: traceId.slice(16),
      name: 'ring',
      kind: SERVER,
      attributes: { 'afk.ring': ring, 'afk.kind': 'frozen', 'afk.source': 'operator' },
      status: { code: 0 },
    })
    expect(root?.parentSpanId).toBeUndefined()
    const below = { traceId, parentSpanId: root?.spanId, name: 'try phone', kind: CLIENT }
    const facts = { 'afk.ring': ring, 'afk.delivery': 'delivery_7', 'afk.channel': 'phone' }
    expect(first).toMatchObject({
      ...below,
      attributes: { ...facts, 'afk.try': 1, 'afk.outcome': 'unknown', 'afk.code': 'timeout' },
      status: { code: ERROR, message: 'no answer in time' },
    })
    expect(second).toMatchObject({
      ...below,
      attributes: { ...facts, 'afk.try': 2, 'afk.outcome': 'accepted' },
      status: { code: 0 },
    })
    expect(second?.attributes).not.toHaveProperty('afk.code')
    expect(new Set([root, first, second].map((span) => span?.spanId)).size).toBe(3)
  })

  test('has spans that begin and last as what they tell of, also of a try before this start', async () => {
    const ring = ringId(Date.now())
    const lastYear = Date.now() - 365 * 86_400_000
    const before = Date.now()
    const far = await traced(accepted(ring), unsure(ring, lastYear))
    const [root, expired] = far.spans()
    expect((root?.endedAt ?? 0) - (root?.startedAt ?? 0)).toBeCloseTo(12.5, 1)
    expect(root?.endedAt).toBeGreaterThanOrEqual(before)
    expect(root?.endedAt).toBeLessThanOrEqual(Date.now())
    expect([expired?.startedAt, expired?.endedAt]).toEqual([lastYear, lastYear + 250])
  })

  test.each(['delivery-held', 'delivery-dead'] as const)(
    'has a span for a try of %s',
    async (event) => {
      const ring = ringId(Date.now())
      const facts = { ...tried, tries: 1, at: Date.now(), ms: 1, code: 'credential' }
      const detail = 'the credential was refused'
      const far = await traced({ event, ring, ...facts, outcome: 'refused', detail })
      expect(far.spans()).toMatchObject([
        {
          attributes: { 'afk.outcome': 'refused', 'afk.code': 'credential' },
          status: { code: ERROR, message: detail },
        },
      ])
    },
  )

  test('whose id is no UUID, and what is no ring, makes no span', async () => {
    const far = await traced(
      accepted('ring_1'),
      took('ring_1', Date.now()),
      { event: 'ring-acknowledged', ring: ringId(Date.now()), by: 'ada' },
      { event: 'channel-opened', channel: 'phone' },
    )
    expect(far.spans()).toEqual([])
  })

  test('is of the service afk, in its version', async () => {
    const far = await traced(accepted(ringId(Date.now())))
    expect(far.resources()).toEqual([
      expect.objectContaining({ 'service.name': 'afk', 'service.version': VERSION }),
    ])
  })
})

async function post(url: string): Promise<string> {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify(ringBody({ detail: 'words-of-an-agent', threadId: 'its-thread' }))
  const answer = await fetch(`${url}/v1/rings`, { method: 'POST', headers, body })
  return ((await answer.json()) as { id: string }).id
}

describe('a node', () => {
  test('adds what it tries after a restart to the trace of before, and tells no secret', async () => {
    const [folder, far, hook] = [temporaryFolder(), await collector(), await receiver()]
    const url = `${hook.channel.url}/secret-path?secret-query=1`
    const channels = { hook: { ...hook.channel, url } }
    const wish = { folder, channels, more: { tracing: { url: far.url } } }
    hook.answer(500)
    const before = await startedNode(wish)
    const id = await post(before.url)
    await until('a try has failed', () => before.events.some((each) => 'code' in each))
    await before.stop()
    const spansBefore = far.spans().length
    hook.answer(204)
    const after = await startedNode(wish)
    await until('it is taken', () => hook.received.length === 1)
    await until('it is told', () => after.events.some((each) => 'outcome' in each))
    await after.stop()

    const [root, ...tries] = far.spans()
    expect(spansBefore).toBeLessThan(far.spans().length)
    expect(root).toMatchObject({ name: 'ring', traceId: traceOf(id) })
    for (const each of tries)
      expect(each).toMatchObject({ traceId: traceOf(id), parentSpanId: root?.spanId })
    expect(tries[0]?.attributes).toMatchObject({ 'afk.outcome': 'unknown', 'afk.code': 'server' })
    expect(tries.at(-1)?.attributes).toMatchObject({ 'afk.outcome': 'accepted' })
    const { secret } = hook.channel
    for (const hidden of [secret, 'secret-', 'words-of-an-agent', 'its-thread', 'acme/web'])
      expect(far.sent()).not.toContain(hidden)
  })
})

describe('a collector that does not take it', () => {
  const bad = {
    'that hangs': async () => (await collector(() => {})).url,
    'where nobody listens': async () => `${await closedPort()}/v1/traces`,
    'that answers 500': async () => (await collector((_, res) => res.writeHead(500).end())).url,
    'that answers 503': async () => (await collector((_, res) => res.writeHead(503).end())).url,
    'that drops the connection': async () =>
      (await collector((req) => void req.socket.destroy())).url,
  }

  test.each(Object.entries(bad))('%s delays no ring, and no stop for long', async (_, started) => {
    const hook = await receiver()
    const tracing = { url: await started() }
    const node = await startNodeProcess(temporaryFolder(), {
      tracing,
      channels: { hook: hook.channel },
    })
    onTestFinished(() => node.kill())
    // A batch is full at 512 spans: then it is sent while the node runs.
    await Promise.all(Array.from({ length: 300 }, () => post(node.url)))
    await until('all are taken', () => hook.received.length === 300)
    const startedAt = performance.now()
    await post(node.url)
    expect(performance.now() - startedAt).toBeLessThan(1_000)
    await until('the last is taken', () => hook.received.length === 301)
    const stoppedAt = performance.now()
    expect(await node.stop()).toBe(0)
    // Two seconds for its last words, and some for a machine that is busy.
    expect(performance.now() - stoppedAt).toBeLessThan(4_000)
    expect(node.log.filter(({ event }) => event === 'bug')).toEqual([])
    expect(node.log.at(-1)).toEqual(expect.objectContaining({ event: 'node-stopped' }))
  })
})

describe('the tracing of the bundle', () => {
  /** The files of the bundle that a node has loaded when it ends, and what the collector was sent. */
  async function loaded(env: (base: string) => Readonly<Record<string, string>>) {
    const [folder, far] = [temporaryFolder(), await collector()]
    const [spy, list] = [join(folder, 'spy.cjs'), join(folder, 'loaded.json')]
    const write = `require('node:fs').writeFileSync(${JSON.stringify(list)}, JSON.stringify(Object.keys(require.cache)))`
    writeFileSync(spy, `process.on('exit', () => { ${write} })`)
    const bundle = join(import.meta.dirname, '../dist/afk.cjs')
    const argv = ['--require', spy, bundle, 'up', '--listen', '127.0.0.1:0', '--log', 'json']
    const child = spawn(process.execPath, argv, {
      cwd: folder,
      env: { PATH: process.env['PATH'] ?? '', ...env(far.base) },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const closed = once(child, 'close')
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await closed
    })
    let said = ''
    child.stderr.setEncoding('utf8').on('data', (part: string) => (said += part))
    await until('it listens', () => /"at":"([^"]+)"/.test(said))
    const id = await post(/"at":"([^"]+)"/.exec(said)?.[1] ?? '')
    await until('the ring is told', () => said.includes('delivery-accepted'))
    child.kill('SIGTERM')
    await closed
    if (!existsSync(list)) throw new Error(`it did not end by itself: ${said}`)
    const files = JSON.parse(readFileSync(list, 'utf8')) as string[]
    return { id, files: files.map((file) => basename(file)), far }
  }

  test('is not loaded where no collector is configured', async () => {
    const { files } = await loaded(() => ({}))
    expect(files).toContain('node-commands.cjs')
    expect(files).not.toContain('tracing.cjs')
  })

  test.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', (base: string) => base],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', (base: string) => `${base}/`],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', (base: string) => `${base}/v1/traces`],
  ])('is loaded where %s names one, and sends there', async (name, value) => {
    const { id, files, far } = await loaded((base) => ({ [name]: value(base) }))
    expect(files).toContain('tracing.cjs')
    expect(far.spans().map(({ traceId }) => traceId)).toEqual([traceOf(id), traceOf(id)])
  })
})
