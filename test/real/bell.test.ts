/** The whole bell: the built bundle as a process, a real ntfy server, read back. */
import { describe, expect, onTestFinished, test } from 'vitest'

import { startCourier } from '../../src/delivery/courier.ts'
import { handleFor } from '../../src/delivery/handle.ts'
import { ntfy } from '../../src/channels/ntfy/ntfy.ts'
import { manualClock } from '../manual-clock.ts'
import { type NodeProcess, startNodeProcess } from '../node-process.ts'
import { ntfyBinary, type NtfyServer, ntfyServer } from '../ntfy-server.ts'
import { newRing } from '../rings.ts'
import { openStore, temporaryFolder } from '../temporary.ts'
import { until } from '../until.ts'

const isMissing = ntfyBinary() === null
const name = isMissing
  ? 'skipped: no ntfy >= 2.16 (scripts/fetch-ntfy.sh)'
  : 'a bell on a real ntfy'

const event = {
  kind: 'frozen',
  issue: { repo: 'infra', number: 42 },
  threadId: 't-1',
  detail: 'CI red',
}

describe.skipIf(isMissing)(`${name}`, () => {
  test('brings title, body, priority, tags, click and action as designed', async () => {
    const server = await serverOf({})
    const node = await nodeOf(temporaryFolder(), {
      channels: { phone: { type: 'ntfy', server: server.url, topic: 'afk' } },
      links: { baseUrl: 'https://t3.example' },
    })
    const { status, body } = await node.post<{ id: string; key: string }>('/v1/rings', event)
    expect(status).toBe(202)
    await until('ntfy has it', async () => (await server.poll('afk')).length === 1)
    const click = 'https://t3.example/?thread=t-1'
    expect(await server.poll('afk')).toMatchObject([
      {
        title: '[FROZEN] infra#42 frozen — budget exhausted',
        message: `CI red\nThread: ${click}\nreported by local`,
        priority: 4,
        tags: ['afk', 'escalation', 'frozen'],
        click,
        actions: [{ action: 'view', label: 'Open thread', url: click }],
        sequence_id: handleFor({ key: body.key, channel: 'phone', wave: 0 }),
      },
    ])
    await until('it is settled', async () => stateOf(await node.show(body.id)) === 'accepted')
  })

  test('closes on a wrong token after one login, says so, and drains with the right one', async () => {
    const server = await serverOf({ auth: 'deny-all' })
    const folder = temporaryFolder()
    const phone = { type: 'ntfy', server: server.url, topic: 'protected-afk' }
    const wrong = await nodeOf(folder, { channels: { phone: { ...phone, token: 'tk_wrong' } } })
    const ids: string[] = []
    for (let i = 0; i < 40; i++) {
      const { body } = await wrong.post<{ id: string }>('/v1/rings', { ...event, detail: `${i}` })
      ids.push(body.id)
      await until('the channel is closed', async () => closed(await wrong.status()))
    }
    const tries = await Promise.all(ids.map(async (id) => (await wrong.show(id)).deliveries[0]))
    expect(tries.reduce((sum, each) => sum + (each?.tries ?? 0), 0)).toBe(1)
    const { deliveries } = await wrong.show(ids[0]!)
    expect(deliveries[0]).toMatchObject({
      state: 'due',
      tried: [{ outcome: 'refused', code: 'credential', detail: expect.stringContaining('401') }],
    })
    const found = await wrong.post<{ findings: unknown[] }>('/v1/doctor', {})
    expect(found.body.findings).toContainEqual(
      expect.objectContaining({ about: 'phone', type: 'bad', what: 'refuses the token' }),
    )
    expect(await wrong.stop()).toBe(0)

    const token = server.tokens?.writeOnly
    const channels = { phone: { ...phone, token, pace: { burst: 100, every: '1ms' } } }
    const right = await nodeOf(folder, { channels })
    await until('all drained', async () => (await right.status()).channels[0]?.due === 0)
    const polled = await server.poll('protected-afk')
    expect(new Set(polled.map((each) => each.sequence_id)).size).toBe(40)
    expect(polled).toHaveLength(40)
  })

  test('brings a ring once to a server that was down for two minutes', async () => {
    const server = await serverOf({})
    const clock = manualClock(Date.now())
    const store = openStore()
    const channel = ntfy({ server: server.url, topic: 'afk' })
    onTestFinished(() => channel.close())
    await server.stop()
    const owed = { channel, concurrency: 4, timeoutMs: 10_000, pace: { burst: 60, everyMs: 5_000 } }
    const courier = await startCourier({
      store,
      channels: new Map([['phone', { ...owed, credential: 'one' }]]),
      routes: [],
      clock,
      dice: () => 0.5,
      log: () => {},
    })
    onTestFinished(() => courier.stop())
    const ring = newRing({ acceptedAt: clock.now() })
    await store.accept([ring])
    courier.wake(['phone'])
    const downUntil = clock.now() + 120_000
    const delivery = async () => (await store.story(ring.ring.id))?.deliveries[0]
    let tries = 0
    while (clock.now() < downUntil) {
      tries += 1
      await until(`try ${tries} is settled`, async () => {
        const found = await delivery()
        return found?.tries.length === tries && !found.isTrying
      })
      expect((await delivery())?.tries.at(-1)).toMatchObject({
        outcome: 'deferred',
        code: 'network',
      })
      clock.advance(((await delivery())?.dueAt ?? 0) - clock.now() - 1)
      if (clock.now() >= downUntil) break
      clock.advance(1)
    }
    await server.start()
    clock.advance(1)
    await until('it is accepted', async () => (await delivery())?.state === 'accepted')
    expect(await server.poll('afk')).toHaveLength(1)
  })

  test('tells a drill on every channel', async () => {
    const server = await serverOf({})
    const node = await nodeOf(temporaryFolder(), {
      channels: { phone: { type: 'ntfy', server: server.url, topic: 'afk' } },
    })
    await node.post('/v1/drill', {})
    await until('ntfy has it', async () => (await server.poll('afk')).length === 1)
    const [drill] = await server.poll('afk')
    expect(drill?.message).toContain('This is a drill: no run ended.')
  })
})

async function serverOf(options: Parameters<typeof ntfyServer>[0]): Promise<NtfyServer> {
  const server = await ntfyServer(options)
  onTestFinished(() => server.close())
  return server
}

async function nodeOf(folder: string, config: object): Promise<NodeProcess> {
  const node = await startNodeProcess(folder, config)
  onTestFinished(async () => void (await node.stop()))
  return node
}

function stateOf({ deliveries }: Awaited<ReturnType<NodeProcess['show']>>): string | undefined {
  return deliveries[0]?.state
}

function closed({ channels }: Awaited<ReturnType<NodeProcess['status']>>): boolean {
  return channels[0]?.state === 'closed'
}
