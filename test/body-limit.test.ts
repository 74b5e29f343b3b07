/** Over real HTTP: what a body may weigh, whether its sender says so beforehand or not. */
import { once } from 'node:events'
import { request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { expect, onTestFinished, test } from 'vitest'

import { bell, ringBody } from './bell.ts'

const limit = 64 * 1024

async function served() {
  const node = await bell()
  const server = serve({ fetch: node.app.fetch, hostname: '127.0.0.1', port: 0 })
  await once(server, 'listening')
  onTestFinished(async () => {
    const closed = once(server, 'close')
    server.close()
    if ('closeAllConnections' in server) server.closeAllConnections()
    await closed
  })
  return { node, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/rings` }
}

/** A ring whose JSON has exactly so many bytes. */
function ringOf(bytes: number): string {
  const detail = 'x'.repeat(bytes - JSON.stringify(ringBody({ detail: '' })).length)
  return JSON.stringify(ringBody({ detail }))
}

type Sent = { readonly url: string; readonly body: string; readonly isChunked: boolean }

async function post({ url, body, isChunked }: Sent) {
  const length = isChunked ? {} : { 'content-length': Buffer.byteLength(body) }
  const sent = request(url, { method: 'POST', headers: { ...length, connection: 'close' } })
  // A node that refuses early may hang up on what is still being sent: the answer is what counts.
  sent.on('error', () => sent.destroy())
  for (let at = 0; at < body.length; at += 8_192) sent.write(body.slice(at, at + 8_192))
  sent.end()
  const [response] = await once(sent, 'response')
  const text = Buffer.concat(await response.toArray()).toString()
  return { status: Number(response.statusCode), body: JSON.parse(text) as unknown }
}

test.each([true, false])('a body of 64 KiB rings (chunked: %s)', async (isChunked) => {
  const { url } = await served()
  expect(await post({ url, body: ringOf(limit), isChunked })).toMatchObject({ status: 202 })
})

test.each([
  [true, limit + 1],
  [false, limit + 1],
  [true, limit * 20],
  [false, limit * 20],
])('a larger body is 413, and rings nothing (chunked: %s, %i bytes)', async (isChunked, bytes) => {
  const { node, url } = await served()
  const answer = await post({ url, body: ringOf(bytes), isChunked })
  expect(answer).toMatchObject({ status: 413, body: { code: 'body_too_large' } })
  expect(node.events).toEqual([])
})

test('what counts is bytes, not characters', async () => {
  const { url } = await served()
  const body = JSON.stringify(ringBody({ detail: 'é'.repeat(limit / 2) }))
  expect(body.length).toBeLessThan(limit)
  expect(await post({ url, body, isChunked: false })).toMatchObject({ status: 413 })
})
