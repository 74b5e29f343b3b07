import { describe, expect, test } from 'vitest'

import { problems } from '../../test/problems.ts'
import { parseConfig } from './load.ts'
import { configJsonSchema } from './schema.ts'

const parse = (text: string) => parseConfig(text, { file: null, env: {} })
const withToken = { AFK_OPERATOR_TOKEN: 'operator-token-0123456789' }

describe('a boolean', () => {
  test.each(['yes', 'on', '1', '"True"', '"1"', 'no', 'off', '0', '""', 'null', '[]'])(
    'is never guessed: %s is an error',
    (value) => {
      for (const [path, text] of [
        ['loop.killSwitch', `loop: { killSwitch: ${value} }`],
        ['store.groupCommit', `store: { type: sqlite, groupCommit: ${value} }`],
      ])
        expect(problems(text!, withToken)).toEqual([`afk.yaml:1: ${path} must be true or false`])
    },
  )

  test.each([
    ['true', true],
    ['false', false],
    ['"true"', true],
    ['"false"', false],
  ])('%s is plain', (text, value) => {
    expect(parse(`store: { type: sqlite, groupCommit: ${text} }`).store.groupCommit).toBe(value)
  })

  test.each(['yes', 'on', '1', 'TRUE', 'True', 'off'])(
    'AFK_KILL_SWITCH=%s is an error',
    (value) => {
      expect(problems('', { AFK_KILL_SWITCH: value })).toEqual([
        'AFK_KILL_SWITCH must be true or false',
      ])
    },
  )
})

describe('a channel', () => {
  const channel = (more: object, name = 'phone') =>
    problems(JSON.stringify({ channels: { [name]: more } }))
  const ntfy = { type: 'ntfy', server: 'https://ntfy.test', topic: 'afk' }

  test('is named shortly', () => {
    expect(channel(ntfy, 'a'.repeat(40))).toEqual([])
    for (const name of ['Phone', 'a b', '-a', 'a'.repeat(41), 'é', '$'])
      expect(channel(ntfy, name)).toHaveLength(1)
  })

  test('has a topic of ntfy’s alphabet and an http(s) server', () => {
    expect(channel({ ...ntfy, topic: 'a/b' })[0]).toMatch(/channels\.phone\.topic must be 1 to 64/)
    expect(channel({ ...ntfy, server: 'ntfy.test' })[0]).toMatch(/server must be an http\(s\) URL/)
    expect(channel({ ...ntfy, server: 'file:///x' })[0]).toMatch(/server must be an http\(s\) URL/)
  })

  test('says which key is missing', () => {
    expect(channel({ type: 'ntfy', server: 'https://ntfy.test' })).toEqual([
      'afk.yaml:1: channels.phone.topic is missing',
    ])
  })

  test('has a timeout between 100ms and 25s', () => {
    expect(channel({ ...ntfy, timeout: '25s' })).toEqual([])
    for (const timeout of ['99ms', '26s', '1m', 'soon', 10])
      expect(channel({ ...ntfy, timeout })).toHaveLength(1)
  })

  test('has a pace of at least one try', () => {
    expect(channel({ ...ntfy, pace: { burst: 1, every: '5s' } })).toEqual([])
    expect(channel({ ...ntfy, pace: { burst: 0, every: '5s' } })[0]).toMatch(
      /pace\.burst must be between 1 and 1000000/,
    )
    expect(channel({ ...ntfy, pace: { burst: 1 } })[0]).toMatch(/pace\.every is missing/)
  })

  test('a webhook whose secret cannot sign is an error here, not a crash later', () => {
    const found = channel({
      type: 'webhook',
      url: 'https://ops.test/afk',
      secret: 'not-one-at-all',
    })
    expect(found[0]).toMatch(/^afk\.yaml:1: channels\.phone\.secret /)
  })

  test('there is at least one, or the key is left out', () => {
    expect(problems('channels: {}')).toEqual([
      'afk.yaml:1: channels must name a channel, or be left out',
    ])
  })
})

describe('the JSON Schema', () => {
  type Node = { readonly [key: string]: unknown }

  function objects(node: unknown, path = '$'): Array<{ path: string; node: Node }> {
    if (typeof node !== 'object' || node === null) return []
    const below = Object.entries(node).flatMap(([key, value]) => objects(value, `${path}.${key}`))
    return 'properties' in node && !path.endsWith('.properties')
      ? [{ path, node: node as Node }, ...below]
      : below
  }

  test('is of 2020-12, and one JSON document', () => {
    const schema = configJsonSchema()
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema')
    expect(JSON.parse(JSON.stringify(schema))).toMatchObject({ type: 'object' })
  })

  test('refuses the unknown keys that the node refuses, at every depth', () => {
    const found = objects(JSON.parse(JSON.stringify(configJsonSchema())))
    expect(found.length).toBeGreaterThan(8)
    for (const { path, node } of found)
      expect([path, node['additionalProperties']]).toEqual([path, false])
  })

  test('knows exactly the keys that the node knows', () => {
    const keys = Object.keys(Object(configJsonSchema().properties))
    const withoutDefault = ['publicUrl', 'heartbeat', 'tracing']
    expect(keys.toSorted()).toEqual(Object.keys(parse('')).concat(withoutDefault).toSorted())
    expect(problems('chanels: {}')[0]).toMatch(/is not a key/)
    expect(keys).not.toContain('chanels')
  })

  test('requires nothing at its top, since every key is optional', () => {
    expect(configJsonSchema().required ?? []).toEqual([])
  })
})
