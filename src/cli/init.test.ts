import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, onTestFinished, test } from 'vitest'

import { afk } from '../../test/afk.ts'
import { inFolder } from '../../test/in-folder.ts'
import { listen } from '../../test/listen.ts'
import { ntfyStandIn } from '../../test/ntfy-stand-in.ts'
import { answering, configured, quiet, secret } from '../../test/set-up.ts'
import { startNode } from '../app.ts'
import { loadConfig } from '../config/load.ts'
import { qrLines } from './qr.ts'

const read = (path: string) => readFileSync(path, 'utf8')

async function phoneServer(options: Parameters<typeof ntfyStandIn>[0] = {}) {
  const server = await ntfyStandIn(options)
  onTestFinished(() => server.close())
  return server
}

describe('afk init --yes', () => {
  test('makes a configuration that rings ntfy.sh, on a topic that nobody guesses', async () => {
    inFolder()
    const { code, out, err } = await afk(quiet)
    expect([code, err]).toEqual([0, ''])
    const { channels, tokens, links, heartbeat, loop } = configured()
    expect(channels).toMatchObject({ phone: { type: 'ntfy', server: 'https://ntfy.sh' } })
    expect(Object.keys(channels)).toEqual(['phone'])
    expect([links.baseUrl, heartbeat, loop.killSwitch]).toEqual([undefined, undefined, true])
    expect(secret('ntfy-topic')).toMatch(/^afk-[a-z2-7]{20}$/)
    expect([tokens.operator, tokens.ring]).toEqual([
      expect.stringMatching(/^[0-9a-f]{48}$/),
      expect.stringMatching(/^[0-9a-f]{48}$/),
    ])
    expect(tokens.operator).not.toBe(tokens.ring)
    expect(out).toContain(qrLines(`https://ntfy.sh/${secret('ntfy-topic')}`).join('\n'))
    expect(out).toContain(`${secret('ntfy-topic')} on https://ntfy.sh`)
  })

  test('makes other secrets every time', async () => {
    const seen: string[] = []
    for (let i = 0; i < 3; i++) {
      inFolder()
      await afk(quiet)
      seen.push(...['ntfy-topic', 'operator-token', 'ring-token'].map(secret))
    }
    expect(new Set(seen).size).toBe(9)
    // Sixty letters of the whole alphabet are not all of its first half.
    expect(seen.map((text) => text.replace(/^afk-|^[0-9a-f]{48}$/, '')).join('')).toMatch(
      /[q-z2-7]/,
    )
  })

  test('takes every option, and prints no secret', async () => {
    inFolder()
    const options = {
      ntfy: 'https://me:hunter2-password@ntfy.example',
      topic: 'my-own_topic',
      'ntfy-token': 'tk_very-secret',
      slack: 'https://hooks.slack.com/services/T0/B0/hook-secret',
      'base-url': 'https://t3.example',
      heartbeat: 'https://hc-ping.com/beat-secret',
      file: 'conf.yaml',
    }
    const argv = Object.entries(options).flatMap(([name, value]) => [`--${name}`, value])
    const { code, out, err } = await afk([...quiet, ...argv])
    expect([code, err]).toEqual([0, ''])
    const { config } = loadConfig({ file: 'conf.yaml', env: {} })
    expect(config).toMatchObject({
      links: { baseUrl: options['base-url'] },
      heartbeat: { url: options.heartbeat },
      channels: {
        phone: { server: options.ntfy, topic: options.topic, token: options['ntfy-token'] },
        slack: { webhookUrl: options.slack },
      },
    })
    const told = `${out}${read('conf.yaml')}`
    for (const hidden of ['hunter2', 'very-secret', 'hook-secret', 'beat-secret'])
      expect(told).not.toContain(hidden)
    for (const name of ['operator-token', 'ring-token']) expect(told).not.toContain(secret(name))
    expect(out).toContain(qrLines('https://ntfy.example/my-own_topic').join('\n'))
    expect(out).toMatch(/ up --config conf\.yaml$/m)
  })

  test('without ntfy and Slack rings the terminal, and says that this reaches nobody', async () => {
    inFolder()
    const { code, out } = await afk([...quiet, '--ntfy', 'none'])
    expect(code).toBe(0)
    expect(Object.keys(configured().channels)).toEqual(['terminal'])
    expect(out).toMatch(/nothing reaches you elsewhere/)
    expect(out).not.toMatch(/█/)
  })

  test('with a bot’s token rings its conversation', async () => {
    inFolder()
    const argv = ['--ntfy', 'NONE', '--slack', 'xoxb-1-2-x', '--slack-channel', 'C0123456789']
    expect(await afk([...quiet, ...argv])).toMatchObject({ code: 0, err: '' })
    expect(configured().channels).toMatchObject({
      slack: { type: 'slack', token: 'xoxb-1-2-x', channel: 'C0123456789' },
    })
  })

  test('asks nothing, even of somebody who could answer', async () => {
    inFolder()
    expect((await afk(quiet, answering())).code).toBe(0)
  })
})

describe('the next two commands', () => {
  const next = (out: string) => out.split('\n').slice(-2)

  test('name the package where afk is not installed', async () => {
    inFolder()
    expect(next((await afk(quiet)).out)).toEqual([
      'next   npx afk-loop up',
      'then   npx afk-loop drill   (in another shell)',
    ])
  })

  test('are short where it is', async () => {
    inFolder()
    mkdirSync('node_modules/.bin', { recursive: true })
    writeFileSync('node_modules/.bin/afk', '')
    expect(next((await afk(quiet)).out)[0]).toBe('next   npx afk up')
  })

  test('are short in a checkout of AFK itself', async () => {
    inFolder()
    const readFile = () => '{\n  "name": "afk-loop",\n}'
    expect(next((await afk(quiet, { readFile })).out)[0]).toBe('next   npx afk up')
  })

  test('name another file so that a shell takes it', async () => {
    inFolder()
    const { out } = await afk([...quiet, '--file', "it's mine.yaml"])
    expect(next(out)[0]).toBe("next   npx afk-loop up --config 'it'\\''s mine.yaml'")
  })
})

describe('the drill', () => {
  test('rings the phone, marked, and says that it was accepted', async () => {
    inFolder()
    const server = await phoneServer({ auth: 'deny-all' })
    const topic = 'protected-init'
    const login = ['--ntfy-token', server.tokens!.readWrite, '--topic', topic]
    const { code, out, err } = await afk(['init', '--yes', '--ntfy', server.url, ...login])
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^phone: accepted\n\nnext {3}npx/m)
    expect(await server.poll(topic)).toMatchObject([
      {
        title: '[NEEDS-HUMAN] drill#1 needs a human',
        message: expect.stringMatching(/^DRILL: .*\nThis is a drill: no run ended\.$/s),
      },
    ])
    expect(server.violations).toEqual([])
  })

  test('waits until somebody at a terminal has subscribed', async () => {
    inFolder()
    const server = await phoneServer()
    const person = answering(server.url, '', '', '')
    const seen: number[] = []
    const ask = async (question: string) => {
      if (!question.startsWith('Subscribed?')) return person.ask(question)
      seen.push(server.received())
      return ''
    }
    expect((await afk(['init'], { ask })).code).toBe(0)
    expect([seen, server.received()]).toEqual([[0], 1])
  })

  test('that is refused is exit 1; the files stay, and the last line says what to do', async () => {
    inFolder()
    const server = await phoneServer({ auth: 'deny-all' })
    const { code, out, err } = await afk(['init', '--yes', '--ntfy', server.url])
    expect(code).toBe(1)
    expect(err.split('\n')).toEqual([
      expect.stringMatching(/^afk: phone: refused: /),
      'afk: not every channel took it: mend afk.yaml or .afk/secrets/, then npx afk-loop up and npx afk-loop drill',
    ])
    expect(out).not.toMatch(/^next/m)
    expect(configured().channels).toMatchObject({ phone: { server: server.url } })
  })

  test('goes to every channel, whatever one of them answers', async () => {
    inFolder()
    const bodies: string[] = []
    const slack = await listen((_, res, body) => {
      bodies.push(body)
      res.end('ok')
    })
    const server = await phoneServer()
    server.fail(40301)
    const argv = ['--ntfy', server.url, '--slack', `${slack}/hooks/secret`]
    const { code, out, err } = await afk(['init', '--yes', ...argv])
    expect(code).toBe(1)
    expect([out, err]).toEqual([
      expect.stringMatching(/^slack: accepted$/m),
      expect.stringMatching(/^afk: phone: refused: /),
    ])
    expect(bodies).toEqual([expect.stringContaining('DRILL')])
  })

  test('is the one that a node sends, and the node takes the token without being told', async ({
    skip,
  }) => {
    inFolder()
    const server = await phoneServer()
    await afk(['init', '--yes', '--ntfy', server.url])
    const node = await startNode(configured(), { log: () => {} }).catch((error: unknown) => {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      return skip('127.0.0.1:7333 is taken')
    })
    onTestFinished(() => node.stop())
    const readFile = (path: string) => (existsSync(path) ? read(path) : undefined)
    expect((await afk(['status'])).err).toMatch(/unauthorized/)
    expect(await afk(['status'], { readFile })).toMatchObject({ code: 0, err: '' })
    expect(await afk(['drill'], { readFile })).toMatchObject({ code: 0, err: '' })
    const [ours, theirs] = await server.poll(secret('ntfy-topic'))
    const { title, message, priority, tags } = ours!
    expect(theirs).toMatchObject({ title, message, priority, tags })
  })
})
