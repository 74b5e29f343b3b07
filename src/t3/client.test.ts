import { createServer } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'

import { manualClock } from '../../test/manual-clock.ts'
import { open, type Opened, type OpenOptions } from '../../test/t3/open.ts'
import { systemClock } from '../clock.ts'
import { t3Client, type T3Options } from './client.ts'
import { ANOTHER_GENERATION } from './meaning.ts'
import type { T3Error } from './t3-error.ts'

type Wish = OpenOptions & { readonly client?: Partial<T3Options> }

async function asking({ client: wished, ...wish }: Wish = {}) {
  const opened = await open(wish)
  const clock = manualClock()
  const token = () => opened.t3.token
  const client = t3Client({ url: opened.t3.url, token, clock, timeoutMs: 300, ...wished })
  onTestFinished(() => client.close())
  return { ...opened, client, clock }
}

const paths = ({ t3 }: Opened) =>
  t3
    .requests()
    .filter(({ headers }) => headers['user-agent'] === 'afk-loop')
    .map(({ method, path }) => `${method} ${path.replace('/api/orchestration', '')}`)

const stop = (commandId = 'c1') =>
  ({ type: 'thread.session.stop', commandId, threadId: 't1', createdAt: at }) as const
const at = '2026-11-23T08:00:00.000Z'

const failure = (code: string, message = '') =>
  expect.objectContaining({ code, message: expect.stringContaining(message) as string }) as T3Error

describe('one read of all threads', () => {
  test('is shared by all who ask at once, and by who asks within two seconds', async () => {
    const ground = await asking()
    await ground.thread()
    const fleets = await Promise.all([1, 2, 3].map(() => ground.client.fleet()))
    ground.clock.advance(1_999)
    fleets.push(await ground.client.fleet())
    expect(fleets.map((fleet) => fleet.row('t1')?.id)).toEqual(['t1', 't1', 't1', 't1'])
    expect(ground.t3.reads.shell).toBe(1)
    ground.clock.advance(1)
    await ground.client.fleet()
    expect(ground.t3.reads.shell).toBe(2)
    await ground.client.freshFleet()
    expect(ground.t3.reads.shell).toBe(3)
  })

  test('is none for who asks after a command: that is seen at once', async () => {
    const ground = await asking()
    await ground.thread()
    expect((await ground.client.fleet()).row('t1')?.session).toBeNull()
    expect(await ground.client.dispatch(stop())).toEqual({ type: 'accepted' })
    expect((await ground.client.fleet()).row('t1')?.session?.status).toBe('stopped')
  })

  test('that failed is given to nobody who asks later', async () => {
    const ground = await asking()
    ground.t3.fail('500', { at: /shell/ })
    await expect(ground.client.fleet()).rejects.toEqual(failure('unreachable', '500'))
    expect((await ground.client.fleet()).projects).toHaveLength(1)
  })

  test.each([
    ['27', 'GET /snapshot'],
    ['32', 'GET /shell'],
    ['0821', 'GET /shell'],
  ] as const)('is on %s a %s', async (version, path) => {
    const ground = await asking({ version })
    await ground.client.fleet()
    expect(paths(ground)).toEqual(['GET /.well-known/t3/environment', path])
  })

  test.each([true, false])(
    'is the whole of a server that tells a newer version than it is (web app: %j)',
    async (hasWeb) => {
      const ground = await asking({ version: '27', serverVersion: '0.0.31', hasWeb })
      await ground.thread()
      expect((await ground.client.fleet()).row('t1')?.id).toBe('t1')
      expect(paths(ground).slice(1)).toEqual(['GET /shell', 'GET /snapshot'])
    },
  )

  test('is another once the server is: an upgrade is noticed when it is back', async () => {
    const ground = await asking({ version: '27' })
    await ground.client.fleet()
    ground.t3.restart('old', '0821')
    ground.clock.advance(2_000)
    await ground.client.fleet().catch(() => {})
    ground.clock.advance(300_000)
    await ground.client.fleet()
    expect(paths(ground).at(-1)).toBe('GET /shell')
  })
})

describe('one thread', () => {
  test.each([
    ['32', ['GET /threads/t1?turnLimit=1', 'GET /threads/t1']],
    ['27', ['GET /snapshot']],
  ] as const)('is read on %s by %j', async (version, expected) => {
    const ground = await asking({ version })
    await ground.thread()
    await ground.turn('go')
    await ground.comesTo(version === '27' ? null : 'completed', 'ready')
    const newest = await ground.client.transcript('t1', { newest: true })
    const all = await ground.client.transcript('t1')
    for (const { messages } of [newest!, all!])
      expect(messages.map(({ role, text }) => [role, text])).toEqual([
        ['user', 'go'],
        ['assistant', 'Done.'],
      ])
    expect(paths(ground).slice(1)).toEqual(expected)
  })

  test.each(['27', '0821'] as const)('that was put away is null on %s', async (version) => {
    const ground = await asking({ version })
    await ground.thread()
    ground.t3.people.archive('t1')
    expect(await ground.client.transcript('t1')).toBeNull()
    expect((await ground.client.everything()).anyRow('t1')?.isArchived).toBe(true)
  })
})

describe('a proxy’s answer for one thread', () => {
  test.each([
    ['a page', { status: 200, type: 'text/html', text: '<html>Sign in</html>' }],
    ['no server is there', { status: 503, type: 'text/plain', text: 'no available server' }],
    ['not found', { status: 404, type: 'text/html', text: '<html>404</html>' }],
  ] as const)('says nothing, and stops nothing else: %s', async (_, fault) => {
    const ground = await asking()
    await ground.thread()
    ground.t3.fail(fault, { at: /threads/ })
    await expect(ground.client.transcript('t1')).rejects.toEqual(failure('unreachable', 'proxy'))
    expect((await ground.client.transcript('t1'))?.messages).toEqual([])
    expect(await ground.client.dispatch(stop())).toEqual({ type: 'accepted' })
  })
})

describe('the token', () => {
  test('is read for each request', async () => {
    let reads = 0
    const token = () => {
      reads += 1
      return ground.t3.token
    }
    const ground = await asking({ client: { token } })
    await ground.client.freshFleet()
    await ground.client.freshFleet()
    expect(reads).toBe(2)
  })

  test('that is refused is read once more, and the new one holds', async () => {
    const tokens: string[] = []
    const ground = await asking({ client: { token: () => tokens.shift() ?? ground.t3.token } })
    tokens.push('old')
    expect((await ground.client.fleet()).projects).toHaveLength(1)
    tokens.push('old')
    expect(await ground.client.dispatch(stop())).toMatchObject({ type: 'broken-rule' })
  })

  test('that is refused and has no other is sent once, and is in no message', async () => {
    const secret = 'very-secret'
    const ground = await asking({ client: { token: () => secret } })
    const error = await ground.client.fleet().catch((thrown: unknown) => thrown)
    expect(error).toEqual(failure('unauthorised', 'refuses the token'))
    expect(String(error)).not.toContain(secret)
    const sent = await ground.client.dispatch(stop())
    expect(sent).toMatchObject({ type: 'unauthorised' })
    expect(JSON.stringify(sent)).not.toContain(secret)
    expect(paths(ground).filter((path) => /shell|dispatch/.test(path))).toHaveLength(2)
  })

  test('that lacks a right is told with it', async () => {
    const ground = await asking({ client: { token: () => reader } })
    const reader = ground.t3.tokens.issue({ scopes: ['orchestration:read'] })
    expect((await ground.client.fleet()).projects).toHaveLength(1)
    const why = expect.stringContaining('orchestration:operate') as string
    expect(await ground.client.dispatch(stop())).toEqual({ type: 'unauthorised', why })
  })

  test.each<[string, () => string]>([
    ['cannot be read', () => readIn('no such file /secret/path')],
    ['is empty', () => ' \n'],
    ['holds what no header can', () => 'a\u0000b'],
  ])('that %s is told, and nothing is sent', async (_, token) => {
    const ground = await asking({ client: { token } })
    const error = await ground.client.fleet().catch((thrown: unknown) => thrown)
    expect(error).toEqual(failure('unauthorised', 'the T3 Code token'))
    expect(String(error)).not.toContain('secret')
    expect(paths(ground)).toEqual(['GET /.well-known/t3/environment'])
  })
})

function readIn(message: string): never {
  throw new Error(message)
}

describe('what is not answered', () => {
  test('says nothing: a server that starts up takes the connection, and is silent', async () => {
    const ground = await asking()
    ground.t3.hang()
    const before = performance.now()
    await expect(ground.client.fleet()).rejects.toEqual(failure('unreachable', 'within 300 ms'))
    expect(await ground.client.dispatch(stop())).toMatchObject({ type: 'unknown' })
    expect(performance.now() - before).toBeLessThan(5_000)
    ground.t3.answer()
    expect((await ground.client.fleet()).projects).toHaveLength(1)
  })

  test('may have been done, and asked again it is not done twice', async () => {
    const ground = await asking()
    await ground.thread()
    ground.t3.fail('hang, done', { at: /dispatch/ })
    expect(await ground.client.dispatch(stop())).toMatchObject({ type: 'unknown' })
    expect(await ground.client.dispatch(stop())).toEqual({ type: 'accepted' })
    expect(ground.t3.commands().filter(({ command }) => command.type === stop().type)).toHaveLength(
      1,
    )
  })

  test.each(['reset', 'cut short', 'malformed', 'page', '502'] as const)(
    'or is answered by %s is no answer',
    async (fault) => {
      const ground = await asking()
      await ground.client.environment()
      ground.t3.fail(fault, { times: 4 })
      expect(await ground.client.dispatch(stop())).toMatchObject({ type: 'unknown' })
      const read = ground.client.fleet()
      await expect(read).rejects.toEqual(failure('unreachable'))
    },
  )

  test('where nobody listens', async () => {
    const port = await freePort()
    const client = t3Client({
      url: `http://127.0.0.1:${port}`,
      token: () => 'x',
      clock: systemClock,
    })
    onTestFinished(() => client.close())
    await expect(client.fleet()).rejects.toEqual(failure('unreachable', 'ECONNREFUSED'))
  })
})

/** One that nobody has. */
async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}

describe('another generation', () => {
  test('is refused by name, whatever is asked, and tried again after a minute', async () => {
    const ground = await asking()
    await ground.thread()
    ground.t3.restart('0821', 'v2')
    await ground.client.fleet().catch(() => {})
    await expect(ground.client.fleet()).rejects.toEqual(failure('unsupported', ANOTHER_GENERATION))
    const before = paths(ground).length
    const why = ANOTHER_GENERATION
    expect(await ground.client.dispatch(stop())).toEqual({ type: 'unsupported', why })
    await expect(ground.client.transcript('t1')).rejects.toEqual(failure('unsupported'))
    await expect(ground.client.everything()).rejects.toEqual(failure('unsupported'))
    expect(paths(ground)).toHaveLength(before)
    ground.t3.restart('0821', '0821')
    ground.clock.advance(60_000)
    await ground.client.fleet().catch(() => {})
    expect((await ground.client.fleet()).row('t1')?.id).toBe('t1')
  })

  test('is known by a dispatch that finds no address, and nothing more is sent', async () => {
    const ground = await asking({ version: 'v2' })
    for (const id of ['c1', 'c2'])
      expect(await ground.client.dispatch(stop(id))).toMatchObject({ type: 'unsupported' })
    expect(paths(ground)).toEqual(['POST /dispatch'])
  })
})

test('the server says who it is, and what the token may', async () => {
  const ground = await asking()
  const token = ground.t3.tokens.issue({ scopes: ['orchestration:read'], ttlMs: 60_000 })
  expect(await ground.client.environment()).toMatchObject({ id: ground.t3.environmentId })
  expect((await ground.client.session()).scopes).toContain('orchestration:operate')
  const other = t3Client({ url: ground.t3.url, token: () => token, clock: systemClock })
  onTestFinished(() => other.close())
  const { scopes, expiresAt } = await other.session()
  expect(scopes).toEqual(['orchestration:read'])
  expect(Math.abs(expiresAt! - Date.now() - 60_000)).toBeLessThan(10_000)
  const stranger = t3Client({ url: ground.t3.url, token: () => 'x', clock: systemClock })
  onTestFinished(() => stranger.close())
  expect(await stranger.session()).toMatchObject({ scopes: null })
})

test('twelve megabytes of what was said are read', async () => {
  const ground = await asking({
    version: '27',
    agent: async (turn) => turn.say('x'.repeat(12 * 1024 * 1024)),
    client: { timeoutMs: 5_000 },
  })
  await ground.thread()
  await ground.turn('go')
  await ground.comesTo(null, 'ready')
  const transcript = await ground.client.transcript('t1')
  expect(transcript?.messages.at(-1)?.text).toHaveLength(12 * 1024 * 1024)
})
