import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { problems } from '../../test/problems.ts'

describe('an unknown key', () => {
  test.each([
    ['listn: 127.0.0.1:1', 'afk.yaml:1: listn is not a key; did you mean listen?'],
    ['log: text\nchanels: {}', 'afk.yaml:2: chanels is not a key; did you mean channels?'],
    [
      'loop:\n\n  killswitch: true',
      'afk.yaml:3: loop.killswitch is not a key; did you mean killSwitch?',
    ],
    ['tokens: { operater: x }', 'afk.yaml:1: tokens.operater is not a key; did you mean operator?'],
    ['xyzzyplugh: 1', 'afk.yaml:1: xyzzyplugh is not a key'],
  ])('%j is named with its line, and what was meant if it is near', (text, problem) => {
    expect(problems(text)).toEqual([problem])
  })

  test('deep in a list has the line of its own', () => {
    const text = 'routes:\n  - channels: [terminal]\n  - channels: [terminal]\n    kindz: [done]\n'
    expect(problems(text)).toEqual(['afk.yaml:4: routes.1.kindz is not a key; did you mean kinds?'])
  })

  test('and every other problem are told together', () => {
    expect(problems('lisen: x\nlog: loud\nloop: { killSwitch: yes }')).toHaveLength(3)
  })

  test('in a channel whose name is a number has the line of its own', () => {
    const text = 'channels:\n\n  911:\n    type: terminal\n    tokn: x\n'
    expect(problems(text)[0]).toMatch(/^afk\.yaml:5: channels\.911\.tokn is not a key/)
  })
})

describe('what comes with a later version', () => {
  test.each([['store: { type: sqlite, url: x }', ['store.url']]])(
    'is an error that says so: %s',
    (text, paths) => {
      expect(problems(text)).toEqual(
        paths.map((path) => `afk.yaml:1: ${path} is not supported by this version; remove it`),
      )
    },
  )

  test('says so for a store', () => {
    expect(problems('store: { type: postgres }')[0]).toMatch(
      /^afk\.yaml:1: store\.type must be sqlite; postgres comes with a later version/,
    )
  })

  test('says so for the signing secret of a Slack channel', () => {
    const text = 'channels:\n  team:\n    type: slack\n    token: xoxb-1\n    channel: C01\n'
    expect(problems(`${text}    signingSecret: x\n`)).toEqual([
      'afk.yaml:6: channels.team.signingSecret is not supported by this version; remove it',
    ])
  })

  test('says so for a PostgreSQL store, and nothing that misleads', () => {
    expect(problems('store: { type: postgres, url: postgres://x }')).toEqual([
      expect.stringMatching(/^afk\.yaml:1: store\.type .*postgres comes with a later version/),
      expect.stringMatching(/^afk\.yaml:1: store\.url is not supported by this version/),
    ])
  })

  test('is told apart from a type that never was', () => {
    expect(problems('channels: { a: { type: pigeon } }')[0]).toMatch(
      /^afk\.yaml:1: channels\.a\.type must be a known type: ntfy, slack, webhook or terminal$/,
    )
  })
})

describe('a secret', () => {
  /** Every key of the schema that takes text, and some that do not. */
  const places: ReadonlyArray<readonly string[]> = [
    ['listen'],
    ['publicUrl'],
    ['store'],
    ['store', 'type'],
    ['store', 'groupCommit'],
    ['tokens'],
    ['tokens', 'operator'],
    ['tokens', 'ring'],
    ['links', 'baseUrl'],
    ['links', 'template'],
    ['links', 'schemes'],
    ['channels'],
    ['channels', 'phone'],
    ['channels', 'phone', 'type'],
    ['channels', 'phone', 'server'],
    ['channels', 'phone', 'topic'],
    ['channels', 'phone', 'token'],
    ['channels', 'phone', 'priorities', 'low'],
    ['channels', 'phone', 'timeout'],
    ['channels', 'phone', 'pace', 'every'],
    ['channels', 'phone', 'unknown'],
    ['channels', 'hook', 'url'],
    ['channels', 'hook', 'secret'],
    ['channels', 'team', 'token'],
    ['channels', 'team', 'channel'],
    ['channels', 'team', 'webhookUrl'],
    ['channels', 'team', 'dialect'],
    ['channels', 'team', 'mention', 'frozen'],
    ['channels', 'team', 'apiUrl'],
    ['channels', 'team', 'signingSecret'],
    ['routes'],
    ['dedupeFor'],
    ['log'],
    ['loop', 'killSwitch'],
    ['loop', 'repos'],
    ['heartbeat'],
    ['heartbeat', 'url'],
    ['heartbeat', 'every'],
    ['tracing', 'url'],
    ['retention', 'days'],
    ['unknown'],
  ]

  const document = () => ({
    channels: {
      phone: {
        type: 'ntfy',
        server: 'https://n.test',
        topic: 't',
        priorities: {},
        pace: { burst: 1 },
      },
      hook: { type: 'webhook', url: 'https://h.test', secret: 's' },
      team: { type: 'slack', token: 'xoxb-1', channel: 'C01' },
    },
  })

  type Tree = Readonly<Record<string, unknown>>

  function put(tree: Tree, [key = '', ...rest]: readonly string[], value: unknown): Tree {
    const below = (): Tree => put({ ...Object(tree[key]) }, rest, value)
    return { ...tree, [key]: rest.length === 0 ? value : below() }
  }

  // Without $ and *, which are placeholders and aliases: those have tests of their own.
  const secret = fc.stringMatching(/^[!-#%-)+-~]{12,40}$/)

  test('is in no message, at whatever key it stands', () => {
    fc.assert(
      fc.property(secret, fc.constantFrom(...places), (value, path) => {
        const text = JSON.stringify(put(document(), path, value))
        expect(problems(text).join('\n')).not.toContain(value)
      }),
      { numRuns: 500 },
    )
  })

  test('is in no message where it comes out of a placeholder', () => {
    fc.assert(
      fc.property(secret, fc.constantFrom(...places), (value, path) => {
        const text = JSON.stringify(put(document(), path, '${SECRET}'))
        expect(problems(text, { SECRET: value }).join('\n')).not.toContain(value)
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    'AFK_LISTEN',
    'AFK_PUBLIC_URL',
    'AFK_OPERATOR_TOKEN',
    'AFK_RING_TOKEN',
    'AFK_BASE_URL',
    'AFK_LOG',
    'AFK_KILL_SWITCH',
    'AFK_NTFY_URL',
    'AFK_SLACK_WEBHOOK_URL',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
  ])('is in no message where it comes out of %s', (name) => {
    fc.assert(
      fc.property(secret, (value) => {
        expect(problems('', { [name]: value }).join('\n')).not.toContain(value)
      }),
    )
  })

  test('is in no message where a route’s channel should stand', () => {
    const text = JSON.stringify({ routes: [{ channels: ['${SECRET}'] }] })
    const found = problems(text, { SECRET: 'hunter2-hunter2-hunter2' })
    expect(found.join('\n')).toMatch(/routes\.0\.channels/)
    expect(found.join('\n')).not.toContain('hunter2')
  })

  test('is in no message of broken YAML', () => {
    for (const text of [
      'a: "hunter2\n',
      'a: [hunter2\nb: }',
      'a: b: hunter2',
      'a: @hunter2',
      'a: "\\hunter2"',
    ])
      expect(problems(text).join('\n')).not.toContain('hunter2')
  })
})
