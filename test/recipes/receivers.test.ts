/**
 * The receivers of the recipes: a real node's webhook channel posts to each, and what was not signed
 * with the secret, was changed on the way, is too old or came before is not printed.
 */
import { once } from 'node:events'
import { request } from 'node:http'
import { createInterface } from 'node:readline'
import { describe, expect, test } from 'vitest'

import { keyOf, sign } from '../../src/channels/webhook/signature.ts'
import { afk } from '../afk.ts'
import { closedPort } from '../listen.ts'
import { startedNode } from '../node.ts'
import { until } from '../until.ts'
import { filledIn, isThere, recipe, started } from './recipe.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const wrongSecret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

const hasPython = await isThere('python3')
const receivers = [
  {
    name: 'in Node.js',
    isReady: true,
    code: recipe('A receiver in Node.js', 'js'),
    start: (code: string) => [process.execPath, ['--input-type=module', '-e', code]] as const,
  },
  {
    name: hasPython ? 'in Python' : 'in Python (skipped: no python3)',
    isReady: hasPython,
    code: recipe('A receiver in Python', 'python'),
    start: (code: string) => ['python3', ['-c', code]] as const,
  },
]

type Posted = {
  readonly id?: string
  readonly at?: number
  readonly body?: string
  readonly key?: string
  readonly tampered?: string
}

const ring = (title: string) =>
  JSON.stringify({
    type: 'ring',
    ring: null,
    notification: { kind: 'done', issueRef: 'infra#42', title, body: 'merged' },
  })

describe.each(receivers)('the receiver $name', ({ isReady, code, start }) => {
  /** With each line that it prints. */
  async function listening() {
    const url = await closedPort()
    const [command, argv] = start(filledIn(code, '8080', new URL(url).port))
    const { child } = started(command, argv, { env: { HOOK_SECRET: secret } })
    const printed: unknown[] = []
    const said: string[] = []
    createInterface({ input: child.stdout }).on('line', (line) => printed.push(JSON.parse(line)))
    createInterface({ input: child.stderr }).on('line', (line) => said.push(line))
    await until(`the receiver listens: ${said.join('\n')}`, async () => {
      if (child.exitCode !== null) throw new Error(said.join('\n'))
      return fetch(url, { method: 'HEAD' }).then(
        () => true,
        () => false,
      )
    })

    async function post({ id = 'one', at = Date.now(), key = secret, ...more }: Posted = {}) {
      const { body = ring('landed'), tampered = body } = more
      const headers = { ...sign({ id, at, body, key: keyOf(key) }) }
      return (await fetch(url, { method: 'POST', headers, body: tampered })).status
    }
    return { url, printed, post }
  }

  test.skipIf(!isReady)('prints what a node rings, as an alert', async () => {
    const { url, printed } = await listening()
    const { env } = await startedNode({ channels: { hook: { type: 'webhook', url, secret } } })
    const ringing = 'ring frozen --issue acme/web#7 --detail CI-red--☎ --thread t-1'.split(' ')
    expect(await afk(ringing, { env })).toMatchObject({ code: 0 })
    await until('the ring is printed', () => printed.length > 0)
    expect(printed).toEqual([
      {
        labels: { alertname: 'afk', kind: 'frozen', issue: 'acme/web#7' },
        annotations: {
          summary: '[FROZEN] acme/web#7 frozen — budget exhausted',
          description: 'CI-red--☎\nreported by local',
        },
      },
    ])
    await until('the node knows that it was taken', async () =>
      (await afk(['show'], { env })).out.includes('accepted'),
    )
  })

  test.skipIf(!isReady)(
    'refuses a node with another secret, which closes its channel',
    async () => {
      const { url, printed } = await listening()
      const hook = { type: 'webhook', url, secret: wrongSecret }
      const { env, events } = await startedNode({ channels: { hook } })
      await afk('ring done --issue infra#42 --detail x'.split(' '), { env })
      await until('the channel closes', () => events.some((one) => one.event === 'channel-closed'))
      expect(printed).toEqual([])
    },
  )

  test.skipIf(!isReady)('refuses a body that was changed, and one that nobody signed', async () => {
    const { url, printed, post } = await listening()
    expect(await post({ tampered: ring('forged') })).toBe(401)
    expect(await post({ key: wrongSecret })).toBe(401)
    expect((await fetch(url, { method: 'POST', body: ring('forged') })).status).toBe(401)
    const headers = { 'webhook-id': 'one', 'webhook-timestamp': '', 'webhook-signature': 'v1,é' }
    expect((await fetch(url, { method: 'POST', headers, body: 'x' })).status).toBe(401)
    expect(printed).toEqual([])
  })

  test.skipIf(!isReady)(
    'refuses what was signed more than five minutes ago, or ahead',
    async () => {
      const { printed, post } = await listening()
      expect(await post({ at: Date.now() - 310_000 })).toBe(401)
      expect(await post({ at: Date.now() + 310_000 })).toBe(401)
      expect(printed).toEqual([])
      expect(await post({ at: Date.now() - 280_000 })).toBe(204)
      await until('the late one is printed', () => printed.length > 0)
    },
  )

  test.skipIf(!isReady)('prints a repeat once, and takes any of several signatures', async () => {
    const { url, printed, post } = await listening()
    expect([await post(), await post(), await post({ at: Date.now() - 5_000 })]).toEqual([
      204, 204, 204,
    ])
    const body = ring('signed twice')
    const signed = sign({ id: 'two', at: Date.now(), body, key: keyOf(secret) })
    const other = sign({ id: 'two', at: Date.now(), body, key: keyOf(wrongSecret) })
    const both = `${other['webhook-signature']} ${signed['webhook-signature']}`
    const headers = { ...signed, 'webhook-signature': both }
    expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(204)
    await until('two are printed', () => printed.length >= 2)
    expect(printed).toMatchObject([
      { annotations: { summary: 'landed' } },
      { annotations: { summary: 'signed twice' } },
    ])
  })

  test.skipIf(!isReady)(
    'lives on where a body is too large, of no length, or cut off',
    async () => {
      const { url, printed, post } = await listening()
      expect(await statusOf(url, { 'content-length': '1000001' })).toBe(413)
      expect(await statusOf(url, { 'transfer-encoding': 'chunked' })).toBe(413)
      const cut = request(url, { method: 'POST', headers: { 'content-length': '99' } })
      cut.on('error', () => cut.destroy())
      const closed = new Promise((resolve) => cut.on('close', resolve))
      cut.write('half', () => cut.destroy())
      await closed
      expect(await post()).toBe(204)
      await until('a ring is printed after all that', () => printed.length > 0)
    },
  )
})

/** What is answered to the headers alone. */
async function statusOf(url: string, headers: Readonly<Record<string, string>>) {
  const asked = request(url, { method: 'POST', headers })
  // The receiver hangs up on a body that it does not want.
  asked.on('error', () => asked.destroy())
  asked.flushHeaders()
  const [answer] = (await once(asked, 'response')) as [{ statusCode: number }]
  asked.destroy()
  return answer.statusCode
}
