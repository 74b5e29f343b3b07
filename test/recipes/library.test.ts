/** The library's recipes: what is built, imported by its name, in Node.js, in Deno and in a browser's bundle. */
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Script, createContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { Webhook } from 'standardwebhooks'

import type { Notification, TerminalEvent } from '../../src/doorbell/notification.ts'
import { VERSION } from '../../src/version.ts'
import { listen } from '../listen.ts'
import { read, root } from '../markdown.ts'
import { temporaryFolder } from '../temporary.ts'
import { type Environment, filledIn, isThere, ran, recipe } from './recipe.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

/** A folder of someone else's, in which the built package is installed. */
function folderWith(name: string, code: string): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules/afk-loop'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, name), code)
  return folder
}

/** Answers every post with a status, and keeps what it was told. */
async function answering(status: number) {
  const posts: { headers: Environment; body: string }[] = []
  const url = await listen((req, res, body) => {
    posts.push({ headers: req.headers as Environment, body })
    res.writeHead(status).end()
  })
  return { url, posts }
}

describe('the library in Node.js', () => {
  async function node(status: number) {
    const { url, posts } = await answering(status)
    const cwd = folderWith('ring.js', recipe('The library in Node.js', 'js'))
    const env = { HOOK_URL: url, HOOK_SECRET: secret }
    return { posts, ...(await ran(process.execPath, ['ring.js'], { cwd, env })) }
  }

  test('sends one signed notification, and ends', async () => {
    const { posts, ...said } = await node(204)
    expect(said).toEqual({ code: 0, out: '', err: '' })
    const [{ headers, body }, ...more] = posts as [(typeof posts)[number]]
    expect(more).toEqual([])
    expect(new Webhook(secret).verify(body, headers)).toMatchObject({
      ring: null,
      notification: {
        title: '[FROZEN] infra#42 frozen — budget exhausted',
        link: 'https://t3.example/?thread=t-1',
      },
    })
  })

  test.each([
    [401, 'refused: credential\n'],
    [429, 'deferred: rate-limited\n'],
    [500, 'unknown: server\n'],
  ])('tells by a code how a %i failed', async (status, said) => {
    expect(await node(status)).toMatchObject({ code: 1, out: '', err: said })
  })
})

const hasDeno = await isThere('deno')
const deno = hasDeno ? '' : ' (skipped: no deno)'

/** Finds `npm:NAME@VERSION` as Deno does, among what is installed. */
const npmSpecifiers = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from 'node:module'
  registerHooks({
    resolve: (specifier, context, next) =>
      next(specifier.replace(/^npm:((?:@[^/]+\\/)?[^@/]+)(?:@[^/]+)?/, '$1'), context),
  })`)}`

describe.each([
  {
    name: 'in Deno style, by Node.js with a resolver for npm: specifiers',
    isReady: true,
    run: (cwd: string) => ran(process.execPath, ['--import', npmSpecifiers, 'ring.js'], { cwd }),
  },
  {
    name: `in Deno itself${deno}`,
    isReady: hasDeno,
    run: (cwd: string, host: string) =>
      ran('deno', ['run', '--node-modules-dir=manual', `--allow-net=${host}`, 'ring.js'], {
        cwd,
        env: { DENO_NO_UPDATE_CHECK: '1' },
      }),
  },
])('the library $name', ({ isReady, run }) => {
  const code = recipe('The library in Deno', 'js')

  async function chatted(status: number) {
    const { url, posts } = await answering(status)
    const cwd = folderWith('ring.js', filledIn(code, 'https://chat.example', url))
    return { posts, ...(await run(cwd, new URL(url).host)) }
  }

  test.skipIf(!isReady)('hands a sender what it rendered', async () => {
    const { posts, ...said } = await chatted(200)
    expect(said).toEqual({ code: 0, out: '', err: '' })
    expect(posts.map(({ body }) => JSON.parse(body) as unknown)).toEqual([
      {
        text: '[DONE] infra#42 landed',
        body: 'merged\nThread: https://t3.example/?thread=t-1',
        link: 'https://t3.example/?thread=t-1',
      },
    ])
  })

  test.skipIf(!isReady)('rejects with what the sender rejected with', async () => {
    const { code: exit, err } = await chatted(500)
    expect([exit, err]).toEqual([1, expect.stringContaining('the chat answers 500')])
  })
})

test('the library in Deno is asked for by the version of this package', () => {
  const version = VERSION.split('.').slice(0, 2).join('.')
  const code = recipe('The library in Deno', 'js')
  expect(code).toContain(`'npm:afk-loop@${version}'`)
})

describe('the library in a browser', () => {
  type Vector = {
    readonly event: TerminalEvent
    readonly baseUrl: string | null
    readonly notification: Notification
  }
  const vectors = JSON.parse(read('test/vectors/notifications.json')) as readonly Vector[]

  test('renders every vector alike, with nothing but what a browser has', async () => {
    const folder = folderWith('preview.js', recipe('The library in a browser', 'js'))
    const [, command = ''] =
      /`npx (esbuild preview\.js --[^`]+)`/.exec(read('docs/recipes.md')) ?? []
    const [program = '', ...argv] = command.split(' ')
    const bundler = join(root, 'node_modules/.bin', program)
    expect(await ran(bundler, [...argv, '--log-level=warning'], { cwd: folder })).toEqual({
      code: 0,
      out: '',
      err: '',
    })
    // Of all that a browser has beyond the language, it uses URL alone.
    const page = createContext({ URL })
    const code = `${readFileSync(join(folder, 'preview.bundle.js'), 'utf8')}
      JSON.stringify(vectors().map(({ event, baseUrl }) => afk.preview(event, baseUrl ?? undefined)))`
    const script = new Script(code.replace('vectors()', () => JSON.stringify(vectors)))
    const rendered = JSON.parse(script.runInContext(page) as string) as unknown
    expect(vectors.length).toBeGreaterThan(5)
    expect(rendered).toEqual(vectors.map(({ notification }) => notification))
  })
})
