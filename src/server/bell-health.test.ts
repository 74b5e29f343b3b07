import { describe, expect, test } from 'vitest'

import { accepts, bell, read, ringBody } from '../../test/bell.ts'
import { until } from '../../test/until.ts'
import { BellView, RingPageView, StatusView } from './schemas.ts'

const refuses = () => ({ type: 'refused', code: 'invalid', detail: 'no such topic' }) as const

async function rungOnce() {
  const node = await bell({ channels: { phone: accepts, team: refuses } })
  await node.post('/v1/rings', ringBody({ kind: 'frozen' }))
  const isSettled = async () => {
    const { rings } = await read(RingPageView, await node.get('/v1/rings'))
    return rings[0]?.deliveries.every(({ state }) => state === 'accepted' || state === 'dead')
  }
  await until('both are settled', async () => (await isSettled()) ?? false)
  return node
}

describe('how the bell has done', () => {
  test('is told of each channel: what it took last, and what it did not take', async () => {
    const node = await rungOnce()
    const { channels } = await read(BellView, await node.get('/v1/bell'))
    expect(channels).toMatchObject([
      { name: 'phone', dead: 0, failures: [], lastAcceptedAt: expect.stringMatching(/Z$/) },
      { name: 'team', dead: 1, failures: [{ code: 'invalid', count: 1 }], lastAcceptedAt: null },
    ])
  })

  test('is told week by week', async () => {
    const node = await rungOnce()
    const { weeks } = await read(BellView, await node.get('/v1/bell'))
    expect(weeks).toHaveLength(8)
    expect(weeks.at(-1)).toMatchObject({
      rings: { done: 0, 'needs-human': 0, frozen: 1 },
      firstTry: { medianMs: expect.any(Number) },
    })
    expect(weeks[0]).toMatchObject({ firstTry: null })
  })

  test('is counted anew after two seconds, and no sooner', async () => {
    const node = await rungOnce()
    const frozen = async () => {
      const { weeks } = await read(BellView, await node.get('/v1/bell'))
      return weeks.at(-1)?.rings.frozen
    }
    expect(await frozen()).toBe(1)
    await node.post('/v1/rings', ringBody({ kind: 'frozen' }))
    expect(await frozen()).toBe(1)
    node.later(2_000)
    expect(await frozen()).toBe(2)
  })
})

describe('the status', () => {
  test('says how many escalations are open, and since when the oldest', async () => {
    const node = await bell()
    const open = async () => (await read(StatusView, await node.get('/v1/status'))).open
    expect(await open()).toEqual({ count: 0, oldestAt: null })
    await node.post('/v1/rings', ringBody({ kind: 'done' }))
    await node.post('/v1/rings', ringBody())
    expect(await open()).toEqual({ count: 1, oldestAt: expect.stringMatching(/Z$/) })
  })
})
