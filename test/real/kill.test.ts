/**
 * The promise under everything else: what was accepted arrives, whatever `kill -9` does to the node.
 *
 * 200 times, in four folders at once: a node is started on its folder's store, rings are posted at it, and it
 * is killed at a random instant under that load. Whoever posts repeats what was not acknowledged, under the
 * same key, at the next node. In the end ntfy must have every handle, and each once.
 */
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'

import { handleFor } from '../../src/delivery/handle.ts'
import { type NodeProcess, startNodeProcess } from '../node-process.ts'
import { ntfyBinary, ntfyServer } from '../ntfy-server.ts'
import { temporaryFolder } from '../temporary.ts'
import { until } from '../until.ts'

const isMissing = ntfyBinary() === null
const kills = Number(process.env['AFK_KILLS'] ?? 200)
const name = isMissing
  ? 'skipped: no ntfy >= 2.16 (scripts/fetch-ntfy.sh)'
  : `a node killed at ${kills} random instants under load loses no ring and rings none twice`

/** Each with a store and a topic of its own. */
const topics = ['afk-0', 'afk-1', 'afk-2', 'afk-3']

test.skipIf(isMissing)(name, { timeout: 900_000 }, async () => {
  const seed = Number(process.env['AFK_SEED'] ?? Date.now())
  console.log(`kill suite: seed ${seed}`)
  const instants = fc.sample(instant, { numRuns: kills, seed })
  const server = await ntfyServer()
  onTestFinished(() => server.close())
  const accepted = await Promise.all(
    topics.map((topic, at) =>
      killedUnderLoad(
        { url: server.url, topic },
        instants.filter((_, index) => index % topics.length === at),
      ),
    ),
  )

  const polled = await Promise.all(topics.map((topic) => server.poll(topic)))
  const sum = (lists: ReadonlyArray<{ readonly length: number }>) =>
    lists.reduce((all, { length }) => all + length, 0)
  const rings = sum(accepted.map((keys) => [...keys]))
  console.log(`kill suite: ${kills} kills, ${rings} rings accepted, ${sum(polled)} messages`)
  for (const [at, keys] of accepted.entries()) {
    const times = new Map<string, number>()
    for (const { sequence_id: handle = '' } of polled[at] ?? [])
      times.set(handle, (times.get(handle) ?? 0) + 1)
    const owed = [...keys].map((key) => handleFor({ key, channel: 'phone', wave: 0 }))
    expect(owed.filter((handle) => !times.has(handle))).toEqual([])
    expect([...times].filter(([, count]) => count > 1)).toEqual([])
    expect(times.size).toBe(keys.size)
  }
})

type Instant = { readonly after: string; readonly delayMs: number }

/** Counted from when the node listens, or from its first acceptance: a start is an instant, too. */
const instant = fc.record({
  after: fc.constantFrom('listening', 'accept', 'accept', 'accept'),
  delayMs: fc.integer({ min: 0, max: 100 }),
})

type Far = { readonly url: string; readonly topic: string }

/** The keys of the rings that were accepted; all of them are drained. */
async function killedUnderLoad({ url, topic }: Far, instants: readonly Instant[]) {
  const folder = temporaryFolder()
  const pace = { burst: 1000, every: '1ms' }
  const phone = { type: 'ntfy', server: url, topic, concurrency: 8, pace }
  const config = { channels: { phone } }
  const desk = postersDesk()
  for (const { after, delayMs } of instants) {
    const node = await startNodeProcess(folder, config)
    onTestFinished(() => node.kill())
    const posters = desk.open(node)
    if (after === 'accept') await until('a ring is accepted', () => posters.accepted() > 0)
    await new Promise((resolve) => setTimeout(resolve, delayMs))
    posters.send()
    await node.kill()
    await posters.home
  }

  const last = await startNodeProcess(folder, config)
  onTestFinished(async () => void (await last.stop()))
  for (const key of desk.pending) {
    const { status } = await last.post('/v1/rings', newsOf(key))
    expect([200, 202]).toContain(status)
    desk.accepted.add(key)
  }
  const isDrained = async () => (await last.status()).channels[0]?.due === 0
  await until('everything is drained', isDrained, 300_000)
  return desk.accepted
}

/** Eight at a time post at one node; what it did not acknowledge is posted at the next. */
function postersDesk() {
  const pending = new Set<string>()
  const accepted = new Set<string>()
  let made = 0

  function open(node: NodeProcess) {
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
    const home = Promise.all(Array.from({ length: 8 }, poster))
    return { home, accepted: () => acceptedNow, send: () => void (isOver = true) }
  }

  return { pending, accepted, open }
}

function newsOf(key: string) {
  const event = { kind: 'needs-human', issue: { repo: 'infra', number: 42 }, threadId: 't-1' }
  return { ...event, key, detail: `news of ${key}` }
}
