import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'

import { problems } from '../../test/problems.ts'
import { temporaryFolder } from '../../test/temporary.ts'
import type { Environment } from './environment.ts'
import { loadConfig, parseConfig } from './load.ts'

const operator = 'operator-token-0123456789'
const ring = 'ring-token-0123456789'

const parse = (text: string, env: Environment = {}) => parseConfig(text, { file: 'afk.yaml', env })

describe('no file at all', () => {
  test('gives a node on loopback whose only channel is the terminal', () => {
    const config = parse('')
    expect(config.listen).toEqual({ host: '127.0.0.1', port: 7333 })
    expect(config.store).toEqual({ type: 'sqlite', path: '.afk/afk.db', groupCommit: true })
    expect(config.channels).toEqual({
      terminal: { type: 'terminal', concurrency: 4, timeout: 10_000 },
    })
    expect(config.routes).toEqual([])
    expect(config.dedupeFor).toBe(86_400_000)
    expect(config.loop).toMatchObject({ killSwitch: true, repos: {} })
  })

  test('and AFK_NTFY_URL alone give a bell that rings a phone, and nothing else', () => {
    const url = 'https://user:password@ntfy.test/below/my-topic/'
    expect(parse('', { AFK_NTFY_URL: url }).channels).toEqual({
      ntfy: {
        type: 'ntfy',
        server: 'https://user:password@ntfy.test/below/',
        topic: 'my-topic',
        priorities: { low: 2, high: 4 },
        concurrency: 4,
        timeout: 10_000,
      },
    })
  })

  test.each(['https://ntfy.test/bad topic', 'https://ntfy.test/' + 'x'.repeat(65)])(
    'and AFK_NTFY_URL=%s is an error',
    (url) => {
      expect(problems('', { AFK_NTFY_URL: url })).toHaveLength(1)
    },
  )
})

describe('a file', () => {
  function inFolder(): string {
    const before = process.cwd()
    const folder = temporaryFolder()
    process.chdir(folder)
    onTestFinished(() => process.chdir(before))
    return folder
  }

  test('is afk.yaml of the folder, where none is named', () => {
    writeFileSync(join(inFolder(), 'afk.yaml'), 'log: json\n')
    const { config, file } = loadConfig({ file: null, env: {} })
    expect([file, config.log]).toEqual(['afk.yaml', 'json'])
  })

  test('is not needed', () => {
    inFolder()
    expect(loadConfig({ file: null, env: {} }).file).toBeNull()
  })

  test('that is named and not there is an error', () => {
    const file = join(temporaryFolder(), 'absent.yaml')
    expect(() => loadConfig({ file, env: {} })).toThrow(`cannot read ${file}`)
  })

  test('afk.yaml that is there and cannot be read is an error, not no file', () => {
    mkdirSync(join(inFolder(), 'afk.yaml'))
    expect(() => loadConfig({ file: null, env: {} })).toThrow(/cannot read afk\.yaml/)
  })

  test('takes a secret out of another file, without the line break at its end', () => {
    const folder = temporaryFolder()
    const [file, secret] = [join(folder, 'afk.yaml'), join(folder, 'token')]
    writeFileSync(secret, `${operator}\n`)
    writeFileSync(file, `tokens:\n  operator: "\${file:${secret}}"\n`)
    expect(loadConfig({ file, env: {} }).config.tokens.operator).toBe(operator)
  })
})

describe('a placeholder', () => {
  test('is filled after parsing, so its value cannot change the shape of the document', () => {
    const value = `x"\n  ring: ${ring} # {} [*&!|>`
    const text =
      'channels:\n  phone: { type: ntfy, server: https://n.test, topic: t, token: "${T}" }\n'
    const { channels, tokens } = parse(text, { T: value })
    expect(channels['phone']).toMatchObject({ token: value })
    expect(tokens).toEqual({})
  })

  test('that finds no variable names the key and the line, once', () => {
    expect(problems('log: text\ntokens:\n  operator: "${ABSENT}"\n')).toEqual([
      'afk.yaml:3: tokens.operator needs the environment variable ABSENT, which is not set',
    ])
  })

  test('that finds no file names the key and the line', () => {
    expect(problems('\n\nlisten: ${file:/absent/x}\n')).toEqual([
      'afk.yaml:3: listen needs the file /absent/x, which cannot be read',
    ])
  })

  test('in a list names the line of the list', () => {
    const text = 'routes:\n  - kinds: [done]\n    channels: ["${ABSENT}"]\n'
    expect(problems(text)[0]).toMatch(/^afk\.yaml:3: routes\.0\.channels\.0 needs/)
  })

  test('can be a boolean', () => {
    const text = 'tokens: { operator: "${T}" }\nloop: { killSwitch: "${K}" }'
    expect(parse(text, { T: operator, K: 'false' }).loop.killSwitch).toBe(false)
  })

  test('can be a number', () => {
    const text = 'channels:\n  here: { type: terminal, concurrency: "${N}" }\n'
    expect(parse(text, { N: '3' }).channels['here']).toMatchObject({ concurrency: 3 })
  })
})

describe('YAML that is broken', () => {
  test.each([
    ['listen: 127.0.0.1:1\nchannels: [a\n', 3],
    ['listen: 127.0.0.1:1\n\ttokens: x\n', 2],
    ['log: text\n\nlog: json\n', 3],
    ['log: "text\n', 2],
  ])('%j is named with its line', (text, line) => {
    expect(problems(text)[0]).toMatch(new RegExp(`^afk\\.yaml:${line}: is not YAML: `))
  })

  test.each(['- a\n- b\n', 'only words', '42'])('%j is not keys and values', (text) => {
    expect(problems(text)).toEqual(['afk.yaml:1: must be keys and values'])
  })

  test.each([
    ['tokens:\n  operator: *starts-with-a-star\n', 2],
    [`a: &a [x, x]\nb: &b [${'*a,'.repeat(60)}]\nc: [${'*b,'.repeat(60)}]\n`, 3],
  ])('%j is an error of the configuration, not a crash', (text) => {
    expect(problems(text).join('\n')).toMatch(/^afk\.yaml:\d+: .*is not YAML/)
  })
})

describe('AFK_LISTEN', () => {
  test.each([
    ['127.0.0.1:0', { host: '127.0.0.1', port: 0 }],
    ['localhost:65535', { host: 'localhost', port: 65_535 }],
    ['[::1]:7333', { host: '::1', port: 7333 }],
  ])('%s wins over the file', (text, listen) => {
    expect(parse('listen: 127.0.0.1:9', { AFK_LISTEN: text }).listen).toEqual(listen)
  })

  test.each([
    '7333',
    'localhost',
    ':7333',
    '::1:7333',
    '127.0.0.1:65536',
    'http://localhost:1',
    'a b:1',
  ])('%j is an error that shows the form', (text) => {
    expect(problems('', { AFK_LISTEN: text })).toEqual([
      'AFK_LISTEN must be HOST:PORT, such as 127.0.0.1:7333',
    ])
  })
})
