import { describe, expect, test } from 'vitest'

import { accepts, type Bell, bell, read, ringBody } from './bell.ts'
import { Accepted, RingPageView } from '../src/server/schemas.ts'
import { until } from './until.ts'

async function ring(node: Bell, more: object = {}): Promise<string> {
  return (await read(Accepted, await node.post('/v1/rings', ringBody(more)))).id
}

const page = async (node: Bell, query = '') =>
  read(RingPageView, await node.get(`/v1/rings${query}`))

const ids = async (node: Bell, query = '') => (await page(node, query)).rings.map(({ id }) => id)

describe('the list of rings', () => {
  test('is empty at first', async () => {
    expect(await page(await bell())).toEqual({ rings: [], next: null })
  })

  test('is newest first', async () => {
    const node = await bell()
    const rung = [await ring(node), await ring(node), await ring(node)]
    expect(await ids(node)).toEqual(rung.toReversed())
  })

  test('has 50 on a page unless it is asked for more', async () => {
    const node = await bell()
    for (let count = 0; count < 60; count++) await ring(node)
    expect((await page(node)).rings).toHaveLength(50)
    expect((await page(node, '?limit=200')).rings).toHaveLength(60)
  })

  test.each([1, 2, 3, 7, 20, 21])(
    'read by pages of %i loses none and repeats none',
    async (limit) => {
      const node = await bell()
      const rung: string[] = []
      for (let count = 0; count < 20; count++) rung.push(await ring(node))
      const seen: string[] = []
      let next: string | null = ''
      while (next !== null) {
        const found: Awaited<ReturnType<typeof page>> = await page(
          node,
          `?limit=${limit}${next && `&cursor=${next}`}`,
        )
        expect(found.rings.length).toBeLessThanOrEqual(limit)
        seen.push(...found.rings.map(({ id }) => id))
        next = found.next
        // What rings meanwhile belongs on a page that was already read.
        await ring(node, { kind: 'done' })
      }
      expect(seen).toEqual(rung.toReversed())
    },
  )

  test('can be of one kind', async () => {
    const node = await bell()
    const [done] = [await ring(node, { kind: 'done' }), await ring(node, { kind: 'frozen' })]
    expect(await ids(node, '?kind=done')).toEqual([done])
    expect(await ids(node, '?kind=needs-human')).toEqual([])
  })

  test('can be of what is open: escalations nobody acknowledged', async () => {
    const node = await bell()
    const [open, acknowledged] = [await ring(node), await ring(node)]
    await ring(node, { kind: 'done' })
    await node.post(`/v1/rings/${acknowledged}/ack`)
    expect(await ids(node, '?state=open')).toEqual([open])
    expect(await ids(node, '?state=acknowledged')).toEqual([acknowledged])
  })

  test('can be of what is dead, and of a kind of that', async () => {
    const node = await bell({
      channels: {
        good: accepts,
        bad: () => ({ type: 'refused', code: 'invalid', detail: 'no' }),
      },
      routes: [{ kinds: ['done'], channels: ['good'] }, { channels: ['good', 'bad'] }],
    })
    await ring(node, { kind: 'done' })
    const dead = await ring(node)
    await until('one is dead', async () => (await ids(node, '?state=dead')).length > 0)
    expect(await ids(node, '?state=dead')).toEqual([dead])
    expect(await ids(node, '?state=dead&kind=frozen')).toEqual([])
  })

  test.each([
    ['limit', '?limit=0'],
    ['limit', '?limit=201'],
    ['limit', '?limit=-1'],
    ['limit', '?limit=1.5'],
    ['limit', '?limit=many'],
    ['kind', '?kind=paused'],
    ['kind', '?kind='],
    ['state', '?state=due'],
    ['cursor', '?cursor=!!!'],
    ['cursor', '?cursor=bm9uc2Vuc2U'],
    ['', '?order=oldest'],
  ])('refuses a wrong %s in %s', async (path, query) => {
    const answer = await (await bell()).get(`/v1/rings${query}`)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({ code: 'invalid_query', issues: [{ path }] })
  })
})
