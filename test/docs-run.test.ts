/**
 * What the docs tell a reader to run is run: every TypeScript block type-checks, the README's example
 * and the webhook's receiver work, the README's commands ring a node from the built bundle, and the
 * quickstart is done from its first command to its last, and prints what it shows.
 *
 * The README's first two blocks, `npm ci && npm start` and `npm ci && npm test`, are run by `.ci/run`
 * (the start by scripts/try-readme.sh): a test cannot install what it runs from.
 */
import {
  type ChildProcessWithoutNullStreams,
  execFile,
  execFileSync,
  spawn,
  spawnSync,
} from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'

import { webhook } from '../src/channels/webhook/webhook.ts'
import { closedPort, listen } from './listen.ts'
import { blocksOf, documents, exampleBlocksOf, read, root } from './markdown.ts'
import { message } from './message.ts'
import { ntfyStandIn } from './ntfy-stand-in.ts'
import { startNodeProcess } from './node-process.ts'
import { temporaryFolder } from './temporary.ts'
import { until } from './until.ts'

/** Inside the project, so that `afk-loop` and what is installed are found by their names. */
const folder = join(root, 'test/.examples')

const sources = globSync('src/{index,doorbell/**,channels/**}.ts', { cwd: root }).concat(
  globSync('src/{doorbell,channels}/**/*.ts', { cwd: root }),
)

const examples = [
  ...documents.flatMap((path) => blocksOf(read(path)).map((block) => ({ path, ...block }))),
  ...sources
    .filter((path) => !path.endsWith('.test.ts'))
    .flatMap((path) => exampleBlocksOf(read(path)).map((block) => ({ path, ...block }))),
].filter(({ language }) => language === 'ts')

beforeAll(() => mkdirSync(folder, { recursive: true }))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Of the built bundle, in place of what npx would find. */
const afk = `"${process.execPath}" "${join(root, 'dist/afk.cjs')}"`

const hasCurl = said('curl', ['--version']) === ''
const withoutCurl = hasCurl ? '' : ' (skipped: no curl)'

/** What a line of a page becomes: the bundle in place of npx. */
const ready = (line: string) => line.replace(/\bnpx afk(?:-loop)?(?= )/g, afk)

type Around = { readonly cwd: string; readonly env: Readonly<Record<string, string>> }

/** What a line of a shell printed; rejects where it failed. */
async function shell(line: string, { cwd, env }: Around): Promise<string> {
  const path = process.env['PATH'] ?? ''
  const options = { cwd, env: { PATH: path, ...env }, encoding: 'utf8' as const }
  return (await promisify(execFile)('bash', ['-euc', line], options)).stdout
}

const exampleOf = (path: string) => {
  const [found, ...more] = examples.filter((example) => example.path === path)
  if (found === undefined || more.length > 0) throw new Error(`${path} has no one example`)
  return found.code
}

/** What a process says and how it ends; ended when the test is over. */
function watched(child: ChildProcessWithoutNullStreams) {
  const said = { out: '', err: '' }
  child.stdout.on('data', (data: Buffer) => (said.out += data.toString()))
  child.stderr.on('data', (data: Buffer) => (said.err += data.toString()))
  const closed = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await closed
  })
  return { child, said, ended: async () => (await closed)[0] as number | null }
}

/** Runs a file of TypeScript as it is. */
function run(name: string, code: string, env: Readonly<Record<string, string>> = {}) {
  const file = join(folder, name)
  writeFileSync(file, code)
  return watched(spawn(process.execPath, [file], { env }))
}

describe('every block of TypeScript', () => {
  test('is found in the README, the docs and the sources', () => {
    const paths = examples.map(({ path }) => path)
    expect(paths).toEqual(
      expect.arrayContaining([
        'README.md',
        'docs/channels/webhook.md',
        'src/doorbell/notification.ts',
        'src/doorbell/notifier.ts',
        'src/channels/ntfy/ntfy.ts',
        'src/channels/slack/slack.ts',
        'src/channels/webhook/webhook.ts',
        'src/channels/terminal.ts',
      ]),
    )
  })

  test('type-checks', () => {
    const project = join(folder, 'types')
    mkdirSync(project, { recursive: true })
    examples.forEach(({ path, code }, index) => {
      const name = `${index}-${path.replace(/\W+/g, '-')}.ts`
      // A module of its own, whether it imports something or not.
      writeFileSync(join(project, name), `${code}\nexport {}\n`)
    })
    const paths = {
      'afk-loop': ['../../../src/index.ts'],
      'afk-loop/channels/ntfy': ['../../../src/channels/ntfy/ntfy.ts'],
      'afk-loop/channels/slack': ['../../../src/channels/slack/slack.ts'],
      'afk-loop/channels/webhook': ['../../../src/channels/webhook/webhook.ts'],
      'afk-loop/channels/terminal': ['../../../src/channels/terminal.ts'],
    }
    const compilerOptions = { paths, noUnusedLocals: false }
    const config = { extends: '../../../tsconfig.json', compilerOptions, include: ['*.ts'] }
    writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(root, 'node_modules/typescript/bin/tsc')
    expect(said(process.execPath, [tsc, '-p', project])).toBe('')
  }, 60_000)
})

/** Nothing where there is no such command. */
function outputOf(command: string, argv: readonly string[]): string {
  return String(spawnSync(command, [...argv], { encoding: 'utf8' }).stdout ?? '')
}

/** What a command said, on either stream, if it failed; else nothing. */
function said(command: string, argv: readonly string[]): string {
  try {
    execFileSync(command, [...argv], { cwd: root, stdio: 'pipe' })
    return ''
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer }
    return `${stdout.toString()}${stderr.toString()}`
  }
}

test('the README’s library example rings a phone, and ends', async () => {
  const published: unknown[] = []
  const ntfy = await listen((_req, res, body) => {
    published.push(JSON.parse(body))
    res.end(JSON.stringify({ id: 'm1', event: 'message' }))
  })
  const child = run('readme.ts', exampleOf('README.md').replace('https://ntfy.example', ntfy))
  expect([await child.ended(), child.said.err]).toEqual([0, ''])
  expect(published).toMatchObject([
    {
      topic: 'afk-7f3c9a',
      title: '[DONE] infra#42 landed',
      message: 'merged\nThread: https://t3.example/?thread=t-1',
      priority: 2,
    },
  ])
})

describe('the webhook’s receiver of the docs', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

  async function started() {
    const url = await closedPort()
    const code = exampleOf('docs/channels/webhook.md').replace('8080', new URL(url).port)
    const child = run('receiver.ts', code, { HOOK_SECRET: secret })
    const answers = () =>
      fetch(url).then(
        () => true,
        () => false,
      )
    await until('the receiver listens', answers)
    return { url, lines: () => child.said.out.split('\n').filter((line) => line !== '') }
  }

  test('takes a ring that our webhook sent, and a repeat once', async () => {
    const { url, lines } = await started()
    const hook = webhook({ url, secret })
    onTestFinished(() => hook.close())
    const [ring, signal] = [message(), AbortSignal.timeout(10_000)]
    expect(await hook.send(ring, signal)).toMatchObject({ type: 'accepted' })
    const repeat = { ...ring, mayHaveArrivedSince: Date.now() }
    expect(await hook.send(repeat, signal)).toMatchObject({ type: 'accepted' })
    expect(await hook.send(message(), signal)).toMatchObject({ type: 'accepted' })
    await until('two are printed', () => lines().length >= 2)
    expect(lines().map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { type: 'ring', notification: { title: '[NEEDS-HUMAN] infra#42 needs a human' } },
      { type: 'ring' },
    ])
  })

  test('refuses one that was signed with another secret', async () => {
    const { url, lines } = await started()
    const hook = webhook({ url, secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}` })
    onTestFinished(() => hook.close())
    const outcome = await hook.send(message(), AbortSignal.timeout(10_000))
    expect(outcome).toMatchObject({ type: 'refused', code: 'credential' })
    expect(lines()).toEqual([])
  })
})

describe('the README’s commands', () => {
  const commands = blocksOf(read('README.md'))
    .filter(({ language, code }) => language === 'sh' && !code.startsWith('npm '))
    .flatMap(({ code }) =>
      code
        .replace(/\\\n\s*/g, '')
        .trim()
        .split('\n'),
    )

  test('are the two of npm, and three of afk and a curl', () => {
    const shell = blocksOf(read('README.md')).filter(({ language }) => language === 'sh')
    expect(shell.slice(0, 2).map(({ code }) => code.trim())).toEqual([
      'npm ci && npm start',
      'npm ci && npm test',
    ])
    expect(commands.map((line) => line.replace(/^npx /, '').split(' ').slice(0, 2))).toEqual([
      ['afk', 'ring'],
      ['afk', 'rings'],
      ['afk', 'show'],
      ['curl', '-s'],
    ])
  })

  const Rung = z.object({ id: z.string(), duplicate: z.literal(false) })

  test.skipIf(!hasCurl)(`ring a node, list it and show it${withoutCurl}`, async () => {
    const node = await startNodeProcess(temporaryFolder(), {})
    onTestFinished(async () => void (await node.stop()))
    const around = { cwd: temporaryFolder(), env: { AFK_URL: node.url } }
    const outputs: string[] = []
    for (const line of commands)
      outputs.push(await shell(ready(line).replace('http://127.0.0.1:7333', node.url), around))
    expect(outputs).toEqual([
      expect.stringMatching(/^rung: ring_\S+, to terminal\n$/),
      expect.stringMatching(/ring_\S+ {2}\[FROZEN\] infra#42 frozen — budget exhausted {2}\(/),
      expect.stringMatching(/^\[FROZEN\] infra#42 frozen — budget exhausted\n {2}CI red\n/),
      expect.stringMatching(/^\{"id":"ring_/),
    ])
    const { id } = Rung.parse(JSON.parse(outputs[3] ?? ''))
    expect(await node.show(id)).toMatchObject({ kind: 'done', body: 'merged' })
  })
})

describe('the quickstart', () => {
  const page = blocksOf(read('docs/quickstart.md'))
  /** Each command, and what the page says that it prints. */
  const steps = page.flatMap(({ language, code }, index) =>
    language === 'sh' ? [{ line: code.trim(), shown: page[index + 1]?.code ?? '' }] : [],
  )

  /** Without what is another every time: a terminal's codes, ids, instants, addresses, the code. */
  const told = (text: string) =>
    text
      .replace(/\r|\u001B\[[0-9;]*[A-Za-z]/g, '')
      .replace(/(?:^[█▀▄ ]+\n)+/gm, (code) => (code.includes('█') ? '(a QR code)\n' : code))
      .replace(/afk-[a-z2-7]{20}/g, 'afk-TOPIC')
      .replace(/ring_[0-9a-f-]{36}/g, 'ring_ID')
      .replace(/\b\d\d:\d\d:\d\d\b/g, 'HH:MM:SS')
      .replace(/\d+ ms/g, 'N ms')
      .replace(/, as \w+$/gm, ', as ID')
      .replace(/ +$/gm, '')
      .trim()

  /** Another one than that of util-linux takes other options. */
  const script = 'script'
  const isUtilLinux = /util-linux/.test(outputOf(script, ['--version']))
  const why = isUtilLinux ? '' : ' (skipped: no script of util-linux on PATH)'

  test('is six commands, each with what it prints', () => {
    expect(steps.map(({ line }) => line.replace(/^AFK_TOKEN=\S+ \S+ /, ''))).toEqual([
      'npx afk-loop init',
      'npx afk-loop up',
      'npx afk-loop drill',
      expect.stringMatching(/^npx afk-loop ring /),
      'npx afk-loop show',
      'npx afk-loop ack RING',
    ])
    expect(steps.filter(({ shown }) => shown === '')).toEqual([])
  })

  test.skipIf(!isUtilLinux)(
    `rings a phone, and prints what it shows${why}`,
    async () => {
      const phone = await ntfyStandIn()
      onTestFinished(() => phone.close())
      const cwd = temporaryFolder()
      const [init, up, ...rest] = steps
      const onPage = (text: string) => told(text).replaceAll(phone.url, 'https://ntfy.sh')

      const terminal = watched(
        spawn(script, ['-qec', ready(init!.line), '/dev/null'], {
          cwd,
          env: { PATH: process.env['PATH'], TERM: 'dumb' },
        }),
      )
      for (const [question, answer] of [
        ['1/4', phone.url],
        ['2/4', ''],
        ['3/4', ''],
        ['4/4', ''],
        ['Subscribed?', ''],
      ] as const) {
        await until(`it asks ${question}`, () => terminal.said.out.includes(question))
        terminal.child.stdin.write(`${answer}\n`)
      }
      expect(await terminal.ended()).toBe(0)
      expect(onPage(terminal.said.out.replace(`] ${phone.url}`, ']'))).toBe(onPage(init!.shown))

      const env = { PATH: process.env['PATH'], AFK_LISTEN: '127.0.0.1:0' }
      const node = watched(spawn('bash', ['--norc', '-c', `exec ${ready(up!.line)}`], { cwd, env }))
      await until('the node listens', () => node.said.err.includes('listening on'))
      const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(node.said.err) ?? []
      expect(told(node.said.err.replaceAll(url, 'http://127.0.0.1:7333'))).toBe(told(up!.shown))

      // A free port has to be named, and with AFK_URL a client takes no token out of the folder.
      const token = readFileSync(join(cwd, '.afk/secrets/operator-token'), 'utf8').trim()
      const around = { cwd, env: { AFK_URL: url, AFK_TOKEN: token } }
      let id = ''
      for (const { line, shown } of rest) {
        const out = await shell(ready(line).replace('RING', id), around)
        expect(onPage(out)).toBe(onPage(shown))
        ;[id = id] = /ring_[0-9a-f-]+/.exec(out) ?? []
        if (line.includes(' ring ')) await untilSettled(around)
      }
      expect(phone.violations).toEqual([])
      expect(phone.received()).toBe(3)
    },
    60_000,
  )

  const untilSettled = (around: Around) =>
    until('nothing waits', async () => {
      return (await shell(ready('npx afk status'), around)).includes('nothing waits')
    })
})

describe('the backup of the docs', () => {
  const lines = blocksOf(read('docs/operating.md'))
    .filter(({ language }) => language === 'sh')
    .map(({ code }) => code.trim())

  test('is two blocks: one makes it, one goes back to it', () => {
    expect(lines).toEqual([
      expect.stringMatching(/^npx afk backup /),
      expect.stringMatching(/^mkdir .*\nmv .*\ncp /),
    ])
  })

  test('brings back what was there when it was made', async () => {
    const [folder, cwd] = [temporaryFolder(), temporaryFolder()]
    const around = { cwd, env: {} }
    const started = async () => {
      const store = { type: 'sqlite', path: join(cwd, '.afk/afk.db') }
      const node = await startNodeProcess(folder, { store })
      onTestFinished(() => node.kill())
      return node
    }
    const event = { kind: 'done', issue: { repo: 'infra', number: 42 }, detail: 'merged' }
    const details = async (node: Awaited<ReturnType<typeof started>>) => {
      return (await node.rings('limit=10')).rings.map(({ key }) => key)
    }
    const before = await started()
    await before.post('/v1/rings', { ...event, key: 'first' })
    expect(await shell(ready(lines[0] ?? ''), around)).toMatch(/^copied 1 rings of /)
    await before.post('/v1/rings', { ...event, key: 'second' })
    expect(await details(before)).toEqual(['second', 'first'])
    await before.stop()
    await shell(lines[1] ?? '', around)
    expect(await details(await started())).toEqual(['first'])
  })
})

test('every block of commands is one that is run', () => {
  const withCommands = documents.filter((path) =>
    blocksOf(read(path)).some(({ language }) => language === 'sh'),
  )
  // `npm run bench` takes minutes: it is no test.
  const run = [
    'README.md',
    'docs/operating.md',
    'docs/quickstart.md',
    'docs/benchmarks.md',
    'docs/observability.md',
    // By test/t3-docs.test.ts, at a server that is played.
    'docs/t3.md',
  ]
  expect(withCommands.toSorted()).toEqual(run.toSorted())
})
