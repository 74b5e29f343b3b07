import { describe, expect, test } from 'vitest'
import type { z } from 'zod'

import { afk } from '../../test/afk.ts'
import { listen } from '../../test/listen.ts'
import { receiver, startedNode } from '../../test/node.ts'
import { until } from '../../test/until.ts'
import type { RingPageView, RingView } from '../server/schemas.ts'

type Page = z.infer<typeof RingPageView>
type Story = z.infer<typeof RingView>

async function nodeWithHook() {
  const hook = await receiver()
  const node = await startedNode({ channels: { hook: hook.channel } })
  const { env } = node
  const ring = async (kind: string, ...more: string[]): Promise<string> => {
    const argv = ['ring', kind, '--issue', 'infra#42', '--detail', 'CI red', '--json', ...more]
    const { code, out } = await afk(argv, { env })
    expect(code).toBe(0)
    return (JSON.parse(out) as { id: string }).id
  }
  const json = async <T>(...argv: string[]) =>
    JSON.parse((await afk([...argv, '--json'], { env })).out) as T
  return { ...node, hook, ring, json }
}

describe('afk ring', () => {
  test('rings, and says the id and where to', async () => {
    const { env, hook } = await nodeWithHook()
    const argv = ['ring', 'done', '--issue', 'acme/web#7', '--detail', 'merged', '--thread', 't-1']
    const { code, out, err } = await afk(argv, { env })
    expect([code, out, err]).toEqual([
      0,
      expect.stringMatching(/^rung: ring_[0-9a-f-]{36}, to hook$/),
      '',
    ])
    await until('it is received', () => hook.received.length === 1)
    expect(hook.received[0]).toMatchObject({
      ring: { issue: { repo: 'acme/web', number: 7 }, threadId: 't-1', source: 'local' },
      notification: { title: '[DONE] acme/web#7 landed', body: 'merged\nreported by local' },
    })
  })

  test('with the same key says that it is already rung', async () => {
    const { env, ring } = await nodeWithHook()
    const id = await ring('frozen', '--key', 'run-7')
    const argv = ['ring', 'frozen', '--issue', 'infra#42', '--detail', 'CI red', '--key', 'run-7']
    expect(await afk(argv, { env })).toEqual({ code: 0, out: `already rung: ${id}`, err: '' })
    const other = await afk(argv.with(5, 'else'), { env })
    expect([other.code, other.err]).toEqual([1, expect.stringMatching(/key_conflict/)])
  })

  test.each([
    ['--issue', 'a b#1'],
    ['--key', 'run:7'],
    ['--link', 'javascript:alert(1)'],
  ])('asked wrongly by %s %s is exit 2, with the node’s words', async (option, value) => {
    const { env } = await nodeWithHook()
    const argv = ['ring', 'done', '--issue', 'infra#42', '--detail', 'x', option, value]
    const { code, out, err } = await afk(argv, { env })
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/^afk: .*\(\w+, docs\/errors\.md#\w+\)/)
  })
})

describe('afk rings', () => {
  test('lists them newest first, and filters', async () => {
    const { env, ring, json } = await nodeWithHook()
    expect((await afk(['rings'], { env })).out).toBe('no rings')
    const [done, frozen] = [await ring('done'), await ring('frozen')]
    const { out } = await afk(['rings'], { env })
    expect(out.split('\n')).toEqual([
      expect.stringContaining(frozen),
      expect.stringContaining(done),
    ])
    const ids = async (...argv: string[]) =>
      (await json<Page>('rings', ...argv)).rings.map(({ id }) => id)
    expect(await ids()).toEqual([frozen, done])
    expect(await ids('--kind', 'done')).toEqual([done])
    expect(await ids('--open')).toEqual([frozen])
    expect(await ids('--dead')).toEqual([])
    expect(await ids('--limit', '1')).toEqual([frozen])
  })

  test.each([
    ['--kind', 'paused'],
    ['--limit', '0'],
    ['--limit', 'many'],
  ])('asked wrongly by %s %s is exit 2', async (option, value) => {
    const { env } = await nodeWithHook()
    const { code, out, err } = await afk(['rings', option, value], { env })
    expect([code, out, err]).toEqual([2, '', expect.stringMatching(/invalid_query/)])
  })
})

describe('afk show', () => {
  test('tells one ring’s story, and without an id the newest’s', async () => {
    const { env, hook, ring, json } = await nodeWithHook()
    expect(await afk(['show'], { env })).toMatchObject({ code: 1, err: 'afk: nothing rang yet' })
    const id = await ring('frozen')
    await until('it is accepted', async () => {
      return (await json<Story>('show', id)).deliveries[0]?.state === 'accepted'
    })
    const { code, out } = await afk(['show', id], { env })
    expect(code).toBe(0)
    for (const words of [id, 'infra#42', 'CI red', 'hook: accepted after 1 try', 'open'])
      expect(out).toContain(words)
    expect((await afk(['show'], { env })).out).toBe(out)
    expect(hook.received).toHaveLength(1)
  })

  test('of a ring that never rang is exit 1', async () => {
    const { env } = await nodeWithHook()
    const { code, err } = await afk(['show', '../status'], { env })
    expect([code, err]).toEqual([1, expect.stringMatching(/ring_not_found/)])
  })

  test('prints nothing that could drive the terminal, whoever wrote it', async () => {
    const { env, ring } = await nodeWithHook()
    const id = await ring('frozen', '--thread', '\u001b[2J\u202e', '--link', 'https://x.test')
    const evil = '\u001b]0;owned\u0007\u001b[2Jon it\u202e\r\nring_fake'
    expect((await afk(['ack', id, '--note', evil], { env })).code).toBe(0)
    for (const argv of [['show', id], ['rings']]) {
      const { out } = await afk(argv, { env })
      expect(out).toContain('on it')
      expect(out).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/)
    }
    expect((await afk(['rings'], { env })).out.split('\n')).toHaveLength(1)
  })
})

describe('afk ack', () => {
  test('acknowledges each ring it is given, with the note', async () => {
    const { env, ring, json } = await nodeWithHook()
    const ids = [await ring('frozen'), await ring('needs-human')]
    const { code, out } = await afk(['ack', ...ids, '--note', 'on it'], { env })
    expect([code, out]).toEqual([0, ids.map((id) => `acknowledged: ${id}`).join('\n')])
    for (const id of ids)
      expect(await json<Story>('show', id)).toMatchObject({ acknowledged: { note: 'on it' } })
    expect((await afk(['ack', ...ids], { env })).code).toBe(0)
  })

  test('of a ring that never rang is exit 1', async () => {
    const { env } = await nodeWithHook()
    expect((await afk(['ack', 'ring_absent'], { env })).code).toBe(1)
  })
})

describe('afk resend', () => {
  test('sends a ring again, to a channel that has it', async () => {
    const { env, hook, ring } = await nodeWithHook()
    const id = await ring('frozen')
    const { code, out } = await afk(['resend', id, '--channel', 'hook'], { env })
    expect([code, out]).toEqual([0, `sent again: ${id}, to hook`])
    await until('it is received twice', () => hook.received.length === 2)
    const wrong = await afk(['resend', id, '--channel', 'absent'], { env })
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringMatching(/channel_not_found/)])
  })

  test('--dead sends again what a channel gave up, and nothing else', async () => {
    const { env, hook, ring, json } = await nodeWithHook()
    expect((await afk(['resend', '--dead'], { env })).out).toBe('nothing is dead')
    hook.answer(400)
    const id = await ring('frozen')
    await until('it is dead', async () => (await json<Page>('rings', '--dead')).rings.length === 1)
    hook.answer(204)
    const heard = await ring('done')
    await until('another is received', () => hook.received.length === 1)
    expect((await afk(['resend', '--dead', '--since', '0s'], { env })).out).toBe('nothing is dead')
    expect((await afk(['resend', '--dead', '--channel', 'other'], { env })).out).toBe(
      'nothing is dead',
    )
    const { out } = await afk(['resend', '--dead', '--since', '24h'], { env })
    expect(out).toBe(`sent again: ${id}, to hook`)
    await until('it is received', () => hook.received.length === 2)
    expect(hook.received.map((each) => each.ring?.id)).toEqual([heard, id])
  })

  test('--dead leaves alone the channels that heard it', async () => {
    const [good, bad] = [await receiver(), await receiver()]
    bad.answer(400)
    const { env } = await startedNode({ channels: { good: good.channel, bad: bad.channel } })
    const ringing = ['ring', 'frozen', '--issue', 'infra#42', '--detail', 'x']
    expect((await afk(ringing, { env })).code).toBe(0)
    const isOver = async () => /good accepted, bad dead/.test((await afk(['rings'], { env })).out)
    await until('one heard it and one is dead', isOver)
    const { out } = await afk(['resend', '--dead'], { env })
    expect(out).toMatch(/^sent again: ring_\S+, to bad$/)
  })
})

test('what answers and is no node is said to be none', async () => {
  const url = await listen((_, res) => res.end('<html>hello</html>'))
  const { code, err } = await afk(['status'], { env: { AFK_URL: url } })
  expect([code, err]).toEqual([1, expect.stringMatching(/what answers is not a node/)])
})
