/**
 * The promise under everything else: what was accepted arrives, whatever `kill -9` does to the node.
 *
 * 200 times: a node is started on the same store, rings are posted at it, and it is killed at a random
 * instant under that load. Whoever posts repeats what was not acknowledged, under the same key, at the
 * next node. In the end ntfy must have every handle, and each once.
 */
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'

import { handleFor } from '../../src/delivery/handle.ts'
import { startNodeProcess } from '../node-process.ts'
import { ntfyBinary, ntfyServer } from '../ntfy-server.ts'
import { temporaryFolder } from '../temporary.ts'
import { until } from '../until.ts'

const isMissing = ntfyBinary() === null
const kills = Number(process.env['AFK_KILLS'] ?? 200)
const name = isMissing
  ? 'skipped: no ntfy >= 2.16 (scripts/fetch-ntfy.sh)'
  : `a node killed at ${kills} random instants under load loses no ring and rings none twice`

test.skipIf(isMissing)(name, { timeout: 900_000 }, async () => {
  const seed = Date.now()
  console.log(`kill suite: seed ${seed}`)
  const instants = fc.sample(instant, { numRuns: kills, seed })
  const server = await ntfyServer()
  onTestFinished(() => server.close())
  const folder = temporaryFolder()
  const config = {
    channels: {
      phone: {
        type: 'ntfy',
        server: server.url,
        topic: 'afk',
        concurrency: 8,
        pace: { burst: 1000, every: '1ms' },
      },
    },
  }
  const pending = new Set<string>()
  const accepted = new Set<string>()
  let made = 0

  for (const { after, delayMs } of instants) {
    const node = await startNodeProcess(folder, config)
    const inFlight = new Set<string>()
    let [isOver, acceptedNow] = [false, 0]
    const poster = async () => {
      while (!isOver) {
        const key = [...pending].find((each) => !inFlight.has(each)) ?? `key-${made++}`
        pending.add(key)
        inFlight.add(key)
        const status = await node.post('/v1/rings', newsOf(key)).then(
          (answer) => answer.status,
          // Killed before it answered: nobody knows.
          () => 0,
        )
        inFlight.delete(key)
        if (status !== 200 && status !== 202) continue
        pending.delete(key)
        accepted.add(key)
        acceptedNow += 1
      }
    }
    const posters = Promise.all(Array.from({ length: 8 }, poster))
    if (after === 'accept') await until('a ring is accepted', () => acceptedNow > 0)
    await new Promise((resolve) => setTimeout(resolve, delayMs))
    isOver = true
    await node.kill()
    await posters
  }

  const last = await startNodeProcess(folder, config)
  onTestFinished(async () => void (await last.stop()))
  for (const key of pending) {
    const { status } = await last.post('/v1/rings', newsOf(key))
    expect([200, 202]).toContain(status)
    accepted.add(key)
  }
  await until(
    'everything is drained',
    async () => (await last.status()).channels[0]?.due === 0,
    300_000,
  )

  const polled = await server.poll('afk')
  const times = new Map<string, number>()
  for (const { sequence_id: handle = '' } of polled) times.set(handle, (times.get(handle) ?? 0) + 1)
  const owed = [...accepted].map((key) => handleFor({ key, channel: 'phone', wave: 0 }))
  console.log(
    `kill suite: ${kills} kills, ${owed.length} rings accepted, ${polled.length} messages`,
  )
  expect(owed.filter((handle) => !times.has(handle))).toEqual([])
  expect([...times].filter(([, count]) => count > 1)).toEqual([])
  expect(times.size).toBe(accepted.size)
})

/** Counted from when the node listens, or from its first acceptance: a start is an instant, too. */
const instant = fc.record({
  after: fc.constantFrom('listening', 'accept', 'accept', 'accept'),
  delayMs: fc.integer({ min: 0, max: 100 }),
})

function newsOf(key: string) {
  const event = { kind: 'needs-human', issue: { repo: 'infra', number: 42 }, threadId: 't-1' }
  return { ...event, key, detail: `news of ${key}` }
}
