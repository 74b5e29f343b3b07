import { describe, expect, test } from 'vitest'

import { type Notification, renderNotification, type TerminalEvent } from './notification.ts'
import { Notifier, type Sender } from './notifier.ts'
import { SendError } from './send-error.ts'

const options = { baseUrl: 'https://t3.test' }
const event: TerminalEvent = {
  kind: 'done',
  issue: { repo: 'infra', number: 42 },
  threadId: 't1',
  detail: 'merged + CI green',
}

/** Remembers every call in full, then does as it is told. */
function recorder(then: () => Promise<void> = async () => {}) {
  const heard: unknown[][] = []
  const sender = (...args: [Notification]) => {
    heard.push(args)
    return then()
  }
  return { heard, sender: sender satisfies Sender }
}

describe('a notifier', () => {
  test.each([
    ['with a base', options],
    ['with a template', { ...options, link: '{baseUrl}/{repo}/{threadId}' }],
    ['with no link', { link: () => null }],
    ['with nothing', {}],
  ])('%s hands its sender exactly what the event renders to, once', async (_, options) => {
    const { heard, sender } = recorder()
    expect(await new Notifier(sender, options).notify(event)).toBeUndefined()
    expect(heard).toEqual([[renderNotification(event, options)]])
  })

  test('needs no options', async () => {
    const { heard, sender } = recorder()
    await new Notifier(sender).notify(event)
    expect(heard).toEqual([[renderNotification(event)]])
  })

  test('keeps nothing between events: each is sent, in order', async () => {
    const { heard, sender } = recorder()
    const notifier = new Notifier(sender, options)
    const other: TerminalEvent = { ...event, kind: 'frozen', threadId: null }
    for (const each of [event, other, event]) await notifier.notify(each)
    expect(heard).toEqual([event, other, event].map((each) => [renderNotification(each, options)]))
  })

  test('waits for its sender', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const order: string[] = []
    const { sender } = recorder(() => promise.then(() => void order.push('sender is done')))
    const notified = new Notifier(sender, options)
      .notify(event)
      .then(() => order.push('notifier is done'))
    resolve()
    await notified
    expect(order).toEqual(['sender is done', 'notifier is done'])
  })

  test.each<[string, unknown]>([
    ['a send error', new SendError('phone', { type: 'deferred', code: 'network', detail: 'off' })],
    ['any other error', new Error('socket hang up')],
    ['what is not even an error', { status: 503 }],
    ['nothing', undefined],
  ])('passes on %s as it is, and does not try again', async (_, failure) => {
    const { heard, sender } = recorder(() => Promise.reject(failure))
    const caught = await new Notifier(sender, options).notify(event).then(
      () => expect.unreachable(),
      (error: unknown) => ({ error }),
    )
    expect(caught.error).toBe(failure)
    expect(heard).toHaveLength(1)
  })

  test('rejects with what its sender throws at once', async () => {
    const failure = new Error('not configured')
    const { heard, sender } = recorder(() => {
      throw failure
    })
    await expect(new Notifier(sender, options).notify(event)).rejects.toBe(failure)
    expect(heard).toHaveLength(1)
  })

  test('sends nothing for a fourth kind', async () => {
    const { heard, sender } = recorder()
    // @ts-expect-error there is no fourth kind in the types either
    const merged = new Notifier(sender, options).notify({ ...event, kind: 'merged' })
    await expect(merged).rejects.toThrow(
      new TypeError('kind must be one of done, needs-human, frozen; got "merged"'),
    )
    expect(heard).toEqual([])
  })

  test('sends nothing with a link that may not be shown', async () => {
    const { heard, sender } = recorder()
    const notifier = new Notifier(sender, { link: () => 'javascript:alert(1)' })
    await expect(notifier.notify(event)).rejects.toThrow(TypeError)
    expect(heard).toEqual([])
  })
})
