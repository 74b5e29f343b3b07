import { describe, expect, onTestFinished, test } from 'vitest'

import { ntfyStandIn } from './ntfy-stand-in.ts'
import { ntfyWireContract } from './ntfy-wire.contract.ts'
import { ntfyContract } from './ntfy.contract.ts'

describe('the ntfy stand-in', () => {
  ntfyContract(ntfyStandIn)
  ntfyWireContract(ntfyStandIn)

  const json = { 'content-type': 'application/json' }
  const body = JSON.stringify({ topic: 't', message: 'm', sequence_id: 's' })

  test.each<[string, string, RequestInit, RegExp]>([
    ['a publish to a topic', '/t', { body, headers: json }, /^POST \/t$/],
    ['a delete', '/t/s', { method: 'DELETE' }, /^DELETE/],
    ['a PUT', '/', { method: 'PUT', body, headers: json }, /^PUT \/ instead/],
    ['a query', '/?title=x', { body, headers: json }, /title=x instead/],
    ['a title in a header', '/', { body, headers: { ...json, title: 'x' } }, /^header title$/],
    ['an X- header', '/', { body, headers: { ...json, 'x-id': '1' } }, /^header x-id$/],
    ['no content type', '/', { body, headers: { 'content-type': 'text/plain' } }, /not JSON/],
    ['no sequence id', '/', { body: '{"topic":"t"}', headers: json }, /^no sequence_id$/],
    ['an unknown key', '/', { body: `${body.slice(0, -1)},"x":1}`, headers: json }, /key x$/],
    ['needless escapes', '/', { body: body.replace('"m"', '"\\u20ac"'), headers: json }, /raw/],
  ])('%s is written down', async (_, path, init, said) => {
    const server = await ntfyStandIn()
    onTestFinished(() => server.close())
    await fetch(`${server.url}${path}`, { method: 'POST', ...init })
    expect(server.violations).toEqual([expect.stringMatching(said)])
  })

  test('what a sender should do is not written down', async () => {
    const server = await ntfyStandIn()
    onTestFinished(() => server.close())
    await fetch(`${server.url}/`, { method: 'POST', body, headers: json })
    await fetch(`${server.url}/t/json?poll=1`)
    expect(server.violations).toEqual([])
    expect(await server.poll('t')).toHaveLength(1)
  })
})
