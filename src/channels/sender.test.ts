import { describe, expect, onTestFinished, test } from 'vitest'

import { closedPort, listen } from '../../test/listen.ts'
import { message, stuck } from '../../test/message.ts'
import { Notifier } from '../doorbell/notifier.ts'
import type { Outcome } from '../doorbell/outcome.ts'
import { SendError } from '../doorbell/send-error.ts'
import type { Message } from './channel.ts'
import { ntfy } from './ntfy/ntfy.ts'
import { channel } from './sender.ts'
import { terminal } from './terminal.ts'
import { webhook } from './webhook/webhook.ts'

const { notification } = message()

function channelThat(outcome: Outcome) {
  const sent: Message[] = []
  const sender = channel({
    type: 'pager',
    async send(one) {
      sent.push(one)
      return outcome
    },
    check: async () => [],
    close: async () => {},
  })
  return { sender, sent }
}

describe('a channel called as a sender', () => {
  test('resolves to nothing when the notification was taken', async () => {
    const { sender, sent } = channelThat({ type: 'accepted', reference: 'm1' })
    expect(await sender(notification)).toBeUndefined()
    expect(sent).toEqual([
      {
        notification,
        notes: [],
        handle: expect.stringMatching(/^[A-Z2-7]{26}$/),
        ring: null,
        mayHaveArrivedSince: null,
      },
    ])
    expect(sent[0]?.notification).toBe(notification)
  })

  test('takes another handle each time', async () => {
    const { sender, sent } = channelThat({ type: 'accepted', reference: 'm1' })
    for (let time = 0; time < 100; time++) await sender(notification)
    expect(new Set(sent.map((one) => one.handle)).size).toBe(100)
  })

  test.each(['refused', 'deferred', 'unknown'] as const)(
    'rejects with a SendError when it was %s, and tries once',
    async (type) => {
      const detail = 'the pager is off'
      const { sender, sent } = channelThat({ type, code: 'server', detail, retryAfterMs: 7_000 })
      const error = await sender(notification).catch((thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(SendError)
      expect(error).toMatchObject({
        name: 'SendError',
        message: 'pager: the pager is off',
        code: 'server',
        outcome: type,
        retryAfterMs: 7_000,
      })
      expect(sent).toHaveLength(1)
    },
  )

  test('has no wish to wait where the receiver had none', async () => {
    const { sender } = channelThat({ type: 'unknown', code: 'network', detail: 'gone' })
    const error = await sender(notification).catch((thrown: unknown) => thrown)
    expect(error).not.toHaveProperty('retryAfterMs')
  })

  test('is still a channel', async () => {
    const { sender } = channelThat({ type: 'accepted', reference: 'm1' })
    expect(sender.type).toBe('pager')
    expect(await sender.send(message(), AbortSignal.timeout(1_000))).toMatchObject({
      reference: 'm1',
    })
  })
})

describe('every channel, as the sender of a notifier', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  const channels = [
    ['ntfy', (url: string) => ntfy({ server: url, topic: 'afk', token: 'tk_secret' })],
    ['webhook', (url: string) => webhook({ url: `${url}/tk_secret`, secret })],
  ] as const
  const notify = async (phone: ReturnType<typeof ntfy>) => {
    onTestFinished(() => phone.close())
    return new Notifier(phone).notify(stuck).catch((thrown: unknown) => thrown)
  }

  test.each(channels)('%s resolves when taken', async (_, to) => {
    const url = await listen((_req, res) => res.end('{"id":"m1","event":"message"}'))
    expect(await notify(to(url))).toBeUndefined()
  })

  test.each(channels)('%s rejects with the wish of its receiver', async (name, to) => {
    const url = await listen((_req, res) => res.writeHead(503, { 'retry-after': '7' }).end())
    const error = await notify(to(url))
    expect(error).toBeInstanceOf(SendError)
    expect(error).toMatchObject({ code: 'server', outcome: 'unknown', retryAfterMs: 7_000 })
    expect(error).toHaveProperty('message', expect.stringContaining(`${name}: `))
  })

  test.each(channels)('%s rejects without a secret when nobody is there', async (_, to) => {
    const error = await notify(to(await closedPort()))
    expect(error).toMatchObject({ code: 'network', outcome: 'deferred' })
    expect(String(error)).not.toMatch(/secret|127\.0\.0\.1/)
  })

  test('the terminal resolves when printed', async () => {
    let printed = ''
    const write = async (text: string) => void (printed += text)
    expect(await notify(terminal({ write, bell: false }))).toBeUndefined()
    expect(printed).toContain('infra#42')
  })
})
