import { describe, expect, test } from 'vitest'

import { message } from './message.ts'
import { botAt, credential, later, said, slowDown } from './slack-channels.ts'
import type { SlackFault } from './slack-stand-in-faults.ts'
import { until } from './until.ts'

describe('a look-up', () => {
  test.each<readonly [SlackFault, object]>([
    ['reset', { type: 'deferred', code: 'network' }],
    ['fatal', { type: 'deferred', code: 'server' }],
    ['503', { type: 'deferred', code: 'server' }],
    ['429', { ...slowDown, retryAfterMs: 7_000 }],
    [{ error: 'ratelimited' }, slowDown],
    [{ error: 'accesslimited' }, later],
  ])('that fails by %j posts nothing', async (fault, meaning) => {
    const { far, repeat } = await botAt()
    far.fail(fault, 'conversations.history')
    expect(said(await repeat())).toEqual(meaning)
    expect(far.requests).toHaveLength(1)
  })

  test('that nobody answers posts nothing', async () => {
    const { far, bot } = await botAt()
    far.fail('hang', 'conversations.history')
    const abort = new AbortController()
    const sent = bot.send(message({}, { mayHaveArrivedSince: Date.now() }), abort.signal)
    await until('it was read', () => far.requests.length === 1)
    abort.abort()
    expect(said(await sent)).toEqual({ type: 'deferred', code: 'timeout' })
    expect(far.messages()).toEqual([])
  })

  test.each<SlackFault>(['page', { error: 'a_brand_new_code' }])(
    'that fails by %j, which nobody knows, does not end the ring',
    async (fault) => {
      const { far, repeat } = await botAt()
      far.fail(fault, 'conversations.history')
      const outcome = await repeat()
      expect(outcome.type).not.toBe('refused')
      expect(outcome).not.toHaveProperty('maxTries')
    },
  )

  test.each(['token_revoked', 'no_permission', 'access_denied'])(
    'that is refused by %s leaves it to the post to say whether the token is good',
    async (error) => {
      const { far, repeat } = await botAt()
      far.fail({ error }, 'conversations.history')
      far.fail({ error }, 'chat.postMessage')
      expect(said(await repeat())).toEqual(credential)
      far.fail({ error }, 'conversations.history')
      expect(await repeat()).toMatchObject({ type: 'accepted' })
    },
  )

  test('that is not allowed is left out, and the repeat posted', async () => {
    const { far, send, repeat } = await botAt()
    far.workspace.scopes.delete('channels:history')
    const ring = message()
    await send(ring)
    expect(await repeat(ring)).toMatchObject({ type: 'accepted' })
    expect(far.messages()).toHaveLength(2)
  })

  test('reads on, page after page', async () => {
    const { far, send, repeat } = await botAt({ pageSize: 2 })
    const ring = message()
    const first = await send(ring)
    for (let other = 0; other < 7; other++) await send()
    expect(await repeat(ring)).toEqual(first)
    expect(far.messages()).toHaveLength(8)
    expect(far.received('conversations.history')).toBe(4)
    expect(far.violations).toEqual([])
  })

  test('that fails on a later page posts nothing', async () => {
    const { far, send, repeat } = await botAt({ pageSize: 2 })
    const ring = message()
    await send(ring)
    for (let other = 0; other < 4; other++) await send()
    const pages: (SlackFault | null)[] = [null, 'fatal']
    far.faulty((method) => (method === 'conversations.history' ? (pages.shift() ?? null) : null))
    expect(await repeat(ring)).toMatchObject({ type: 'deferred' })
    expect(far.messages()).toHaveLength(5)
  })

  test.each([-50_000, 50_000])('finds it where the clocks differ by %i ms', async (skew) => {
    const { far, send, repeat } = await botAt({ now: () => Date.now() + skew })
    const ring = message()
    const first = await send(ring)
    expect(await repeat(ring)).toEqual(first)
    expect(far.messages()).toHaveLength(1)
  })

  test("does not take another app's message for its own", async () => {
    const { far, repeat } = await botAt()
    const ring = message()
    const event_payload = { handle: ring.handle }
    far.workspace.post({ text: ring.handle, metadata: { event_type: 'other', event_payload } })
    far.workspace.post({ text: ring.handle, metadata: null })
    expect(await repeat(ring)).toMatchObject({ type: 'accepted' })
    expect(far.messages()).toHaveLength(3)
  })
})
