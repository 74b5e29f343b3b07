import { describe, expect, test } from 'vitest'

import { type Environment, layEnvironment } from './environment.ts'

const lay = (env: Environment, file = {}) => layEnvironment(file, env)

describe('an environment variable', () => {
  test.each([
    ['AFK_LISTEN', '0.0.0.0:1', { listen: '0.0.0.0:1' }],
    ['AFK_PUBLIC_URL', 'https://afk.test', { publicUrl: 'https://afk.test' }],
    ['AFK_OPERATOR_TOKEN', 'o', { tokens: { operator: 'o' } }],
    ['AFK_RING_TOKEN', 'r', { tokens: { ring: 'r' } }],
    ['AFK_BASE_URL', 'https://t3.test', { links: { baseUrl: 'https://t3.test' } }],
    ['AFK_LOG', 'json', { log: 'json' }],
    ['AFK_KILL_SWITCH', 'false', { loop: { killSwitch: 'false' } }],
    ['AFK_ALLOWLIST', 'owner/a, owner/b,', { loop: { repos: { 'owner/a': {}, 'owner/b': {} } } }],
  ])('%s=%s is laid over the file', (name, value, tree) => {
    expect(lay({ [name]: value })).toEqual({ tree, problems: [] })
  })

  test('wins over the file, and leaves what stands beside it', () => {
    const file = { tokens: { operator: 'file', ring: 'kept' }, log: 'text' }
    const { tree } = lay({ AFK_OPERATOR_TOKEN: 'env' }, file)
    expect(tree).toEqual({ tokens: { operator: 'env', ring: 'kept' }, log: 'text' })
    expect(file.tokens.operator).toBe('file')
  })

  test('that is empty counts as not set', () => {
    const file = { listen: '127.0.0.1:1' }
    const env = {
      AFK_LISTEN: '',
      AFK_NTFY_URL: '',
      AFK_ALLOWLIST: '',
      AFK_READY_LABEL: '',
      AFK_FIX_FORWARD_MAX_SECONDS: '',
    }
    expect(lay(env, file)).toEqual({ tree: file, problems: [] })
  })

  test('AFK_ALLOWLIST enrols a repository and keeps what the file says of it', () => {
    const file = { loop: { repos: { 'owner/a': { path: '/srv/a' } } } }
    const { tree } = lay({ AFK_ALLOWLIST: 'owner/a,owner/b' }, file)
    expect(tree).toEqual({ loop: { repos: { 'owner/a': { path: '/srv/a' }, 'owner/b': {} } } })
  })

  test('the limits of the loop are laid below every repository', () => {
    const { tree } = lay({
      AFK_READY_LABEL: 'go',
      AFK_IN_PROGRESS_LABEL: 'going',
      AFK_BUDGET_USD: '7',
      AFK_FIX_FORWARD_MAX_ATTEMPTS: '3',
      AFK_FIX_FORWARD_MAX_SECONDS: '90',
    })
    const limits = { costUsd: '7', fixForwardAttempts: '3', fixForwardMinutes: '2' }
    expect(tree).toEqual({
      loop: { readyLabel: 'go', inProgressLabel: 'going', defaults: { limits } },
    })
  })
})

describe('AFK_NTFY_URL', () => {
  test.each([
    ['https://ntfy.test/topic', 'https://ntfy.test/', 'topic'],
    ['https://ntfy.test/topic/', 'https://ntfy.test/', 'topic'],
    ['http://127.0.0.1:8080/topic', 'http://127.0.0.1:8080/', 'topic'],
    ['https://ntfy.test/below/a/prefix/topic', 'https://ntfy.test/below/a/prefix/', 'topic'],
    ['https://user:pass%40word@ntfy.test/topic', 'https://user:pass%40word@ntfy.test/', 'topic'],
  ])('%s is a whole channel', (url, server, topic) => {
    const channel = { type: 'ntfy', server, topic }
    expect(lay({ AFK_NTFY_URL: url })).toEqual({
      tree: { channels: { ntfy: channel } },
      problems: [],
    })
  })

  test('stands beside the channels of the file', () => {
    const file = { channels: { hook: { type: 'webhook' } } }
    const { tree } = lay({ AFK_NTFY_URL: 'https://ntfy.test/topic' }, file)
    expect(Object.keys(Object(tree['channels']))).toEqual(['hook', 'ntfy'])
  })

  test('takes its token from AFK_NTFY_TOKEN', () => {
    const { tree } = lay({ AFK_NTFY_URL: 'https://ntfy.test/topic', AFK_NTFY_TOKEN: 'tk_1' })
    expect(tree).toMatchObject({ channels: { ntfy: { token: 'tk_1' } } })
  })

  test.each([
    'ntfy.test/topic',
    'topic',
    'https://ntfy.test',
    'https://ntfy.test/',
    'https://ntfy.test///',
    'ftp://ntfy.test/topic',
    'javascript:alert(1)/topic',
  ])('%j is refused by its name, and not repeated', (url) => {
    const { tree, problems } = lay({ AFK_NTFY_URL: url })
    expect(tree).toEqual({})
    expect(problems).toEqual([
      { path: 'AFK_NTFY_URL', line: null, message: 'must be https://HOST/TOPIC' },
    ])
  })
})
