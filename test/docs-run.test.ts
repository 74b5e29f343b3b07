/**
 * What the docs tell a reader to run is run: every TypeScript block type-checks, the README's example
 * and the webhook's receiver work, the README's commands ring a node from the built bundle.
 *
 * The README's first two blocks, `npm ci && npm start` and `npm ci && npm test`, are run by `.ci/run`
 * (the start by scripts/try-readme.sh): a test cannot install what it runs from.
 */
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'

import { webhook } from '../src/channels/webhook/webhook.ts'
import { closedPort, listen } from './listen.ts'
import { blocksOf, documents, exampleBlocksOf, read, root } from './markdown.ts'
import { message } from './message.ts'
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

const exampleOf = (path: string) => {
  const [found, ...more] = examples.filter((example) => example.path === path)
  if (found === undefined || more.length > 0) throw new Error(`${path} has no one example`)
  return found.code
}

/** Runs a file of TypeScript as it is; ended when the test is over. */
function run(name: string, code: string, env: Readonly<Record<string, string>> = {}) {
  const file = join(folder, name)
  writeFileSync(file, code)
  const child = spawn(process.execPath, [file], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const said = { out: '', err: '' }
  child.stdout.on('data', (data: Buffer) => (said.out += data.toString()))
  child.stderr.on('data', (data: Buffer) => (said.err += data.toString()))
  const closed = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await closed
  })
  return { said, ended: async () => (await closed)[0] as number | null }
}

describe('every block of TypeScript', () => {
  test('is found in the README, the docs and the sources', () => {
    const paths = examples.map(({ path }) => path)
    expect(paths).toEqual(
      expect.arrayContaining([
        'README.md',
        'docs/channels.md',
        'src/doorbell/notification.ts',
        'src/doorbell/notifier.ts',
        'src/channels/ntfy/ntfy.ts',
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
    const code = exampleOf('docs/channels.md').replace('8080', new URL(url).port)
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

  const hasCurl = said('curl', ['--version']) === ''
  const Rung = z.object({ id: z.string(), duplicate: z.literal(false) })

  test.skipIf(!hasCurl)('ring a node, list it and show it (skipped: no curl)', async () => {
    const node = await startNodeProcess(temporaryFolder(), {})
    onTestFinished(async () => void (await node.stop()))
    const afk = `"${process.execPath}" "${join(root, 'dist/afk.cjs')}"`
    const env = { ...process.env, AFK_URL: node.url }
    const outputs = commands.map((line) => {
      const ready = line.replace(/^npx afk/, afk).replace('http://127.0.0.1:7333', node.url)
      return execFileSync('bash', ['-c', ready], { cwd: temporaryFolder(), env, encoding: 'utf8' })
    })
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
