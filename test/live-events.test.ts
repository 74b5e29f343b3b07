/** Live events of whole nodes: what a client sees of a ring, of a node that stops, and of one that is there again. */
import { setImmediate as turn } from 'node:timers/promises'
import { EventSource } from 'undici'
import { describe, expect, onTestFinished, test } from 'vitest'

import { ringBody } from './bell.ts'
import { follow } from './follower.ts'
import { receiver, startedNode } from './node.ts'
import { startNodeProcess } from './node-process.ts'
import { temporaryFolder } from './temporary.ts'
import { until } from './until.ts'

async function post(url: string, path: string, body: object = {}): Promise<unknown> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${url}${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  return answer.json()
}

const rung = async (url: string) => (await post(url, '/v1/rings', ringBody())) as { id: string }

/** A node whose one channel is a webhook. */
async function node(more: Partial<Parameters<typeof startedNode>[0]> = {}) {
  const far = await receiver()
  return { ...(await startedNode({ channels: { hook: far.channel }, ...more })), far }
}

describe('a client of the events', () => {
  test('is told of a ring, of its delivery, of what a person did, in this order and each with an id', async () => {
    const { url } = await node()
    const client = await follow(url)
    const { id } = await rung(url)
    await until('its delivery is told', () => client.told().length === 2)
    await post(url, `/v1/rings/${id}/resend`)
    await until('the second delivery is told', () => client.told().length === 4)
    await post(url, `/v1/rings/${id}/ack`)
    await until('the acknowledgement is told', () => client.told().length === 5)
    const ring = { type: 'ring', id }
    const delivery = { type: 'delivery', id: expect.stringMatching(/^delivery_\d+$/), ring: id }
    expect(client.told()).toEqual([ring, delivery, ring, delivery, ring])
    const ids = client.text().match(/(?<=^id: ).+/gm) ?? []
    expect(new Set(ids).size).toBe(6)
  })

  test('is told of a channel that closes, and that opens', async () => {
    const { url, far } = await node()
    far.answer(401)
    const client = await follow(url)
    await rung(url)
    const channels = () =>
      client.told().filter((each) => (each as { type: string }).type === 'channel')
    await until('it is told', () => channels().length === 1)
    far.answer(204)
    await post(url, '/v1/doctor')
    await until('it is told again', () => channels().length === 2)
    expect(channels()).toEqual(Array.from({ length: 2 }, () => ({ type: 'channel', id: 'hook' })))
  })

  test('finds what it is told of already there to be read', async () => {
    const { url } = await node()
    const client = await follow(url)
    const { id } = await rung(url)
    await until('the delivery is told', () => client.told().length === 2)
    const story = await (await fetch(`${url}/v1/rings/${id}`)).json()
    expect(story).toMatchObject({ deliveries: [{ state: 'accepted' }] })
  })

  test('needs the operator token where there are tokens', async () => {
    const [operator, ring] = ['operator-token-0123456789', 'ring-token-0123456789']
    const { url } = await node({ more: { tokens: { operator, ring } } })
    const status = async (token?: string) => {
      const client = await follow(url, token === undefined ? {} : { token })
      client.leave()
      return client.status
    }
    expect([
      await status(),
      await status('wrong'),
      await status(ring),
      await status(operator),
    ]).toEqual([401, 401, 403, 200])
  })
})

describe('a node that stops', () => {
  test('does so in its time, whoever follows', async () => {
    const { url, stop } = await node()
    const clients = await Promise.all(Array.from({ length: 20 }, () => follow(url)))
    await rung(url)
    for (const { told } of clients) await until('all is told', () => told().length === 2)
    const startedAt = performance.now()
    await stop()
    expect(performance.now() - startedAt).toBeLessThan(3_000)
    for (const { isOver } of clients) await until('it is let go', isOver)
  })

  test('ends as a process with clients that came, went and stay', async () => {
    const folder = temporaryFolder()
    const process = await startNodeProcess(folder, {})
    onTestFinished(() => process.kill())
    for (let i = 0; i < 3; i += 1) (await follow(process.url)).leave()
    const client = await follow(process.url)
    await until('it is answered', () => client.lastId() !== '')
    const startedAt = performance.now()
    expect(await process.stop()).toBe(0)
    // Nothing but a timer of the silence could hold it for 15 seconds.
    expect(performance.now() - startedAt).toBeLessThan(6_000)
    expect(client.isOver()).toBe(true)
  })
})

describe('a node that is there again', () => {
  test('after a kill knows no id from before: one resync, then what comes', async () => {
    const folder = temporaryFolder()
    const killed = await startNodeProcess(folder, {})
    onTestFinished(() => killed.kill())
    const before = await follow(killed.url)
    await rung(killed.url)
    await until('it is told', () => before.told().length === 2)
    await killed.kill()
    await until('the client notices', before.isOver)

    const again = await startNodeProcess(folder, {})
    onTestFinished(async () => void (await again.stop()))
    const after = await follow(again.url, { lastId: before.lastId() })
    await until('it is told', () => after.told().length === 1)
    const { id } = await rung(again.url)
    await until('what comes is told', () => after.told().length === 3)
    expect(after.told()).toMatchObject([{ type: 'resync' }, { type: 'ring', id }, { ring: id }])
  })

  test('has its clients back by themselves, and tells them to read all again', async () => {
    const folder = temporaryFolder()
    const first = await node({ folder })
    const source = new EventSource(`${first.url}/v1/events`)
    onTestFinished(() => source.close())
    const told: unknown[] = []
    source.addEventListener('message', ({ data }) => told.push(JSON.parse(String(data))))
    await until('it follows', () => source.readyState === EventSource.OPEN)
    await rung(first.url)
    await until('it is told', () => told.length === 2)
    await first.stop()
    await until('it notices', () => source.readyState !== EventSource.OPEN)
    await turn()
    const { port } = new URL(first.url)
    const second = await node({ folder, port: Number(port) })
    await until('it is told to read all again', () => told.length === 3)
    expect(told[2]).toEqual({ type: 'resync' })
    const { id } = await rung(second.url)
    await until('what comes is told', () => told.length === 5)
    expect(told[3]).toEqual({ type: 'ring', id })
  })
})
