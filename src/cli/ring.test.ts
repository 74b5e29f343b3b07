import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'

import { afk } from '../../test/afk.ts'
import { listen } from '../../test/listen.ts'
import { receiver, startedNode } from '../../test/node.ts'
import { until } from '../../test/until.ts'
import { byteLength } from '../doorbell/cut.ts'

async function started() {
  const hook = await receiver()
  const node = await startedNode({ channels: { hook: hook.channel } })
  return { ...node, hook }
}

const ringing = (...more: string[]) => ['ring', 'frozen', '--issue', 'infra#42', ...more]

describe('--detail -', () => {
  const piped = async (stdin: string) => {
    const { env, hook } = await started()
    const { code, err } = await afk(ringing('--detail', '-', '--wait', '0s'), { env, stdin })
    expect([code, err.replace(/^afk: the detail was cut at 32 KiB$/, '')]).toEqual([0, ''])
    await until('it is received', () => hook.received.length === 1)
    const [{ notification }] = hook.received as [(typeof hook.received)[0]]
    return { detail: notification.body.replace(/\nreported by local$/, ''), wasCut: err !== '' }
  }

  test('reads standard input, without the line break at its end', async () => {
    expect(await piped('Which\ndatabase?\n')).toEqual({ detail: 'Which\ndatabase?', wasCut: false })
  })

  test('of exactly 32 KiB is kept whole', async () => {
    expect(await piped('x'.repeat(32_768))).toEqual({ detail: 'x'.repeat(32_768), wasCut: false })
  })

  test.each(['x', 'é', '😀'])(
    'of more %s is cut at 32 KiB, between characters, and says so',
    async (one) => {
      const { detail, wasCut } = await piped(one.repeat(40_000))
      expect(wasCut).toBe(true)
      expect(detail).toMatch(new RegExp(`^(${one})+…$`, 'u'))
      expect(byteLength(detail)).toBeLessThanOrEqual(32_768)
      expect(byteLength(detail)).toBeGreaterThan(32_768 - 8)
    },
  )

  test.each([
    ['quotation marks', '"'],
    ['backslashes', '\\'],
    ['line breaks', 'x\n'],
    ['quoted colours', '\u001b[m"'],
  ])('that is full of %s rings too: cut, not refused', async (_, one) => {
    const { env } = await started()
    const stdin = `x${one.repeat(40_000)}x`
    const ran = await afk(ringing('--detail', '-', '--wait', '0s'), { env, stdin })
    expect(ran).toMatchObject({ code: 0, err: 'afk: the detail was cut at 32 KiB' })
  })
})

test('--detail of more than 32 KiB is cut as well', async () => {
  const { env } = await started()
  const { code, err } = await afk(ringing('--detail', 'x'.repeat(40_000)), { env })
  expect([code, err]).toEqual([0, 'afk: the detail was cut at 32 KiB'])
})

describe('--wait', () => {
  /** Stands where the node should, and does to each request what it is told. */
  async function inItsPlace(answer: Parameters<typeof createServer>[1]) {
    const server = createServer(answer).listen(0, '127.0.0.1')
    await once(server, 'listening')
    onTestFinished(() => void gone(server))
    return { server, port: (server.address() as AddressInfo).port }
  }

  async function gone(server: Server) {
    const closed = new Promise((resolve) => server.close(resolve))
    server.closeAllConnections()
    await closed
  }

  test('survives a node that starts late, and rings once', async () => {
    const hook = await receiver()
    let knocks = 0
    const { server, port } = await inItsPlace((req) => {
      knocks += 1
      req.socket.destroy()
    })
    const env = { AFK_URL: `http://127.0.0.1:${port}` }
    const ran = afk(ringing('--detail', 'x', '--wait', '15s'), { env })
    await until('the command knocked twice', () => knocks >= 2)
    await gone(server)
    await startedNode({ port, channels: { hook: hook.channel } })
    expect(await ran).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/^rung: ring_/),
    })
    await until('it is received', () => hook.received.length === 1)
    expect(
      (JSON.parse((await afk(['rings', '--json'], { env })).out) as { rings: object[] }).rings,
    ).toHaveLength(1)
  })

  test('survives an answer that got lost, and rings once', async () => {
    const { url, hook } = await started()
    let isLost = false
    const place = await listen((req, res, body) => {
      void fetch(`${url}${req.url ?? ''}`, { method: 'POST', body }).then(async (answer) => {
        const text = await answer.text()
        if (isLost) res.writeHead(answer.status).end(text)
        else req.socket.destroy()
        isLost = true
      })
    })
    const { code, out } = await afk(ringing('--detail', 'x'), { env: { AFK_URL: place } })
    expect([code, out]).toEqual([0, expect.stringMatching(/^already rung: ring_/)])
    await until('it is received', () => hook.received.length === 1)
  })

  test('survives a store that refuses for a while', async () => {
    let asked = 0
    const { port } = await inItsPlace((_, res) => {
      asked += 1
      if (asked < 3) res.writeHead(503).end('{"code":"store_unavailable"}')
      else
        res
          .writeHead(202)
          .end('{"id":"ring_1","duplicate":false,"deliveries":[{"channel":"hook"}]}')
    })
    const env = { AFK_URL: `http://127.0.0.1:${port}` }
    const ran = await afk(ringing('--detail', 'x'), { env })
    expect(ran).toEqual({ code: 0, out: 'rung: ring_1, to hook', err: '' })
  })

  test('0s asks once', async () => {
    let asked = 0
    const { port } = await inItsPlace((_, res) => {
      asked += 1
      res.writeHead(503).end('{"code":"store_unavailable","message":"no","docs":"d"}')
    })
    const env = { AFK_URL: `http://127.0.0.1:${port}` }
    const { code, err } = await afk(ringing('--detail', 'x', '--wait', '0s'), { env })
    expect([code, err, asked]).toEqual([1, 'afk: no (store_unavailable, d)', 1])
  })

  test('does not repeat what is refused for good', async () => {
    let asked = 0
    const { port } = await inItsPlace((_, res) => {
      asked += 1
      res.writeHead(401).end('{"code":"unauthorized","message":"no","docs":"d"}')
    })
    const env = { AFK_URL: `http://127.0.0.1:${port}`, AFK_TOKEN: 'wrong' }
    const { code, err } = await afk(ringing('--detail', 'x'), { env })
    expect([code, err, asked]).toEqual([1, 'afk: no (unauthorized, d)', 1])
  })
})

test('AFK_TOKEN goes with the request, and is never shown', async () => {
  const hook = await receiver()
  const [operator, ring] = ['operator-token-0123456789', 'ring-token-0123456789']
  const node = await startedNode({
    channels: { hook: hook.channel },
    more: { tokens: { operator, ring } },
  })
  const withToken = (token: string) => ({ env: { ...node.env, AFK_TOKEN: token } })
  expect((await afk(ringing('--detail', 'x'), withToken(ring))).code).toBe(0)
  expect((await afk(['status'], withToken(operator))).code).toBe(0)
  for (const ran of [
    await afk(['rings'], withToken(ring)),
    await afk(['rings'], withToken('wrong-token-0123456789')),
    await afk(['rings'], node),
  ]) {
    expect([ran.code, ran.out]).toEqual([1, ''])
    expect(ran.err).toMatch(/\((forbidden|unauthorized), /)
    expect(ran.err).not.toMatch(/-token-/)
  }
})
