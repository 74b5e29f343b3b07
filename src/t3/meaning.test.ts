import { describe, expect, test } from 'vitest'

import { ANOTHER_GENERATION, type Answer, dispatched, understood } from './meaning.ts'

const json = (status: number, value: unknown): Answer => ({
  status,
  contentType: 'application/json; charset=utf-8',
  text: JSON.stringify(value),
})
const error = (status: number, code: string, more: object) =>
  json(status, { _tag: 'EnvironmentError', code, traceId: '0'.repeat(32), ...more })
const empty = (status: number): Answer => ({ status, contentType: '', text: '' })
const html = (status: number): Answer => ({
  status,
  contentType: 'text/html',
  text: '<html>Sign in</html>',
})

const refusal = 'orchestration_dispatch_failed'

describe('what became of a command', () => {
  test.each<[string, Answer, string, string]>([
    ['accepted', json(200, { sequence: 7 }), 'accepted', ''],
    ['a proxy’s page that says yes', html(200), 'unknown', 'a proxy’s'],
    ['a yes without its number', json(200, {}), 'unknown', '200'],
    ['half of a yes', { ...json(200, {}), text: '{"sequence"' }, 'unknown', '200'],
    ['a body that this version does not take', empty(400), 'refused', '400 with nothing in it'],
    [
      'a folder that is not there',
      error(400, 'invalid_request', { reason: 'invalid_command' }),
      'refused',
      'invalid_request, invalid_command',
    ],
    [
      'no such token',
      error(401, 'auth_invalid', { reason: 'invalid_credential' }),
      'unauthorised',
      'refuses the token: auth_invalid, invalid_credential',
    ],
    [
      'a token that may not',
      error(403, 'insufficient_scope', { requiredScope: 'orchestration:operate' }),
      'unauthorised',
      'insufficient_scope, orchestration:operate',
    ],
    ['another generation', empty(404), 'unsupported', ANOTHER_GENERATION],
    ['a wrong content type', { ...html(415), contentType: 'text/plain' }, 'refused', '415'],
    ['too much', empty(413), 'refused', '413'],
    [
      'a rule or a fault',
      error(500, 'internal_error', { reason: refusal }),
      'broken-rule',
      refusal,
    ],
    ['a proxy’s 500', html(500), 'unknown', '500'],
    ['a gateway’s 502', html(502), 'unknown', '502'],
    ['no server behind it', { ...html(503), contentType: 'text/plain' }, 'unknown', '503'],
    ['a redirect, which is not followed', empty(302), 'unknown', '302'],
    ['too many requests', empty(429), 'unknown', '429'],
  ])('%s', (_, answer, type, why) => {
    const told = dispatched(answer)
    expect(told.type).toBe(type)
    if (told.type !== 'accepted') expect(told.why).toContain(why)
  })
})

describe('what was read', () => {
  const gone = error(404, 'not_found', { reason: 'thread_not_found' })
  test.each<[string, Answer, object]>([
    ['something', json(200, [1]), { is: 'here', value: [1] }],
    ['the web app, at a path that is not known', html(200), { is: 'unknown-path' }],
    ['no web app there', { ...html(503), contentType: 'text/plain' }, { is: 'unknown-path' }],
    ['nothing, at a path that is not known', empty(404), { is: 'unknown-path' }],
    ['a thread that is archived, deleted or was never there', gone, { is: 'gone' }],
    ['a fault', error(500, 'internal_error', {}), { is: 'failed', code: 'unreachable' }],
    ['a wrong query', empty(400), { is: 'failed', code: 'unreachable' }],
    ['no such token', error(401, 'auth_invalid', {}), { is: 'failed', code: 'unauthorised' }],
    ['a token that may not', error(403, 'x', {}), { is: 'failed', code: 'unauthorised' }],
    ['half a JSON', { ...json(200, {}), text: '{"a":' }, { is: 'unknown-path' }],
  ])('%s', (_, answer, expected) => {
    expect(understood(answer)).toMatchObject(expected)
  })
})

test('of what a far side says nothing is repeated but plain words', () => {
  const told = dispatched(error(500, '\u001b[31m', { reason: 'look at http://evil.example' }))
  expect(told).toEqual({ type: 'broken-rule', why: 'T3 Code answered 500' })
})
