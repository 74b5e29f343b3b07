import { describe, expect, test } from 'vitest'

import { afk } from '../../test/afk.ts'
import { closedPort, listen } from '../../test/listen.ts'
import { commands } from './commands.ts'

const names = Object.keys(commands)

describe('help', () => {
  test.each([[], ['help'], ['--help'], ['-h']])(
    'of afk itself (%j) names every command',
    async (...argv) => {
      const { code, out, err } = await afk(argv)
      expect([code, err]).toEqual([0, ''])
      for (const name of names) expect(out).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
      expect(out).toMatch(/Exit: 0 did it, 1 could not, 2 asked wrongly/)
    },
  )

  test.each(names)('of %s ends in its examples', async (name) => {
    const command = await commands[name]!.load()
    expect(command.name).toBe(name)
    for (const flag of ['--help', '-h']) {
      const { code, out } = await afk([...name.split(' '), flag])
      expect(code).toBe(0)
      expect(out).toMatch(new RegExp(`^afk ${name}`))
      const [, examples = ''] = out.split('\nExamples:\n')
      expect(examples.split('\n')).toEqual(command.examples.map((example) => `  ${example}`))
      expect(command.examples.length).toBeGreaterThan(0)
    }
  })

  test.each(names)('of %s explains each of its options', async (name) => {
    const { options } = await commands[name]!.load()
    const { out } = await afk([...name.split(' '), '--help'])
    for (const [option, { description }] of Object.entries(options))
      expect(out).toMatch(new RegExp(`^  --${option}\\b.*${description.slice(0, 12)}`, 'm'))
  })

  test.each(names)('of %s is summed up in the overview in the same words', async (name) => {
    const { summary } = await commands[name]!.load()
    expect(summary.startsWith(commands[name]!.summary)).toBe(true)
  })
})

describe('exit 2, one sentence and nothing on standard output: asked wrongly', () => {
  test.each([
    ['rign'],
    ['constructor'],
    ['__proto__'],
    ['config'],
    ['config', 'chekc'],
    ['--verbose'],
    ['rings', '--colour'],
    ['rings', '--json=yes'],
    ['rings', '--limit'],
    ['ring', 'done', '--isue', 'infra#42'],
    ['ring', 'paused', '--issue', 'infra#42', '--detail', 'x'],
    ['ring', '--issue', 'infra#42', '--detail', 'x'],
    ['ring', 'done', 'frozen', '--issue', 'infra#42', '--detail', 'x'],
    ['ring', 'done', '--detail', 'x'],
    ['ring', 'done', '--issue', 'infra', '--detail', 'x'],
    ['ring', 'done', '--issue', '#42', '--detail', 'x'],
    ['ring', 'done', '--issue', 'infra#42a', '--detail', 'x'],
    ['ring', 'done', '--issue', 'infra#42'],
    ['ring', 'done', '--issue', 'infra#42', '--detail', 'x', '--wait', 'soon'],
    ['show', 'one', 'two'],
    ['ack'],
    ['resend'],
    ['resend', 'ring_1', '--dead'],
    ['resend', '--dead', '--since', 'yesterday'],
    ['up', '--listen', 'nowhere'],
    ['up', '--log', 'xml'],
    ['up', '--config', '/absent/afk.yaml'],
    ['config', 'check', '/absent/afk.yaml'],
  ])('afk %s %s %s', async (...argv) => {
    const { code, out, err } = await afk(argv.filter((word) => word !== undefined))
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/^afk: \S/)
    expect(err).not.toMatch(/\n {4}at /)
  })

  test.each([
    ['rings', 'frozen'],
    ['status', 'now'],
    ['drill', 'done'],
    ['config', 'check', 'a.yaml', 'b.yaml'],
    ['config', 'schema', 'x'],
  ])('a word that means nothing is not passed over: afk %s %s', async (...argv) => {
    const env = { AFK_URL: await closedPort() }
    const { code } = await afk(
      argv.filter((word) => word !== undefined),
      { env },
    )
    expect(code).toBe(2)
  })

  test.each(['127.0.0.1:7333', 'localhost:7333', 'nonsense', 'ftp://127.0.0.1:1', '/run/afk.sock'])(
    'AFK_URL=%s',
    async (url) => {
      const { code, err } = await afk(['status'], { env: { AFK_URL: url } })
      expect([code, err]).toEqual([
        2,
        expect.stringMatching(/^afk: AFK_URL must be an http\(s\) URL/),
      ])
    },
  )
})

describe('exit 1: could not', () => {
  test.each([
    ['rings'],
    ['show', 'ring_1'],
    ['ack', 'ring_1'],
    ['resend', 'ring_1'],
    ['resend', '--dead'],
    ['status'],
    ['drill'],
    ['ring', 'done', '--issue', 'infra#42', '--detail', 'x', '--wait', '0s'],
  ])('where no node answers, and what to do is said: afk %s', async (...argv) => {
    const url = await closedPort()
    const { code, out, err } = await afk(
      argv.filter((word) => word !== undefined),
      {
        env: { AFK_URL: url },
      },
    )
    expect([code, out]).toEqual([1, ''])
    expect(err).toBe(`afk: no node answers at ${url}: start one with afk up, or set AFK_URL`)
  })
})

test('a proxy that answers for a node that restarts is waited out', async () => {
  let calls = 0
  const url = await listen((_, res) => {
    calls += 1
    if (calls < 3) res.writeHead(502).end('<html>')
    else res.writeHead(202).end('{"id":"ring_1","duplicate":false,"deliveries":[]}')
  })
  const argv = ['ring', 'done', '--issue', 'infra#42', '--detail', 'landed']
  const { code } = await afk(argv, { env: { AFK_URL: url } })
  expect([code, calls]).toEqual([0, 3])
})
