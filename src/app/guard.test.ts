import { expect, test } from 'vitest'

import { assertGuarded } from './guard.ts'

const at = (host: string) => ({ listen: { host, port: 7333 } })
const operator = 'operator-token-0123456789'

test.each(['0.0.0.0', '192.0.2.2', '::'])('a node on %s keeps a token', (host) => {
  expect(() => assertGuarded({ tokens: {} }, at(host))).toThrow(/only with a new start/)
  expect(() => assertGuarded({ tokens: { operator } }, at(host))).not.toThrow()
})

test('a node that only this machine reaches needs none', () => {
  expect(() => assertGuarded({ tokens: {} }, at('127.0.0.1'))).not.toThrow()
})
