import { createVerify, generateKeyPairSync } from 'node:crypto'
import { inspect } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

import { open } from '../../test/github/open.ts'
import { listen } from '../../test/listen.ts'
import { manualClock } from '../../test/manual-clock.ts'
import { type AppOptions, appToken } from './app-token.ts'
import { githubClient } from './client.ts'

const start = Date.parse('2026-11-24T10:00:00Z')
const pair = generateKeyPairSync('rsa', {
  modulusLength: 2_048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
})

type Proof = { readonly iat: number; readonly exp: number; readonly iss: string }

/** GitHub as an App sees it: it takes a proof that is signed, and good by its own clock. */
async function far(options: Partial<AppOptions> & { readonly theirAheadMs?: number } = {}) {
  const { theirAheadMs = 0, ...rest } = options
  const clock = manualClock(start)
  const proofs: Proof[] = []
  let next: { readonly status: number; readonly said: object } | null = null
  const url = await listen((req, res) => {
    const now = clock.now() + theirAheadMs
    const proof = proofOf(req.headers.authorization ?? '')
    proofs.push(proof)
    const isGood = proof.iat * 1_000 <= now && proof.exp * 1_000 > now
    const isShort = proof.exp * 1_000 <= now + 600_000
    const token = `ghs_${proofs.length}`
    const minted = { token, expires_at: new Date(now + 3_600_000).toISOString() }
    const { status, said } =
      next ??
      (isGood && isShort
        ? { status: 201, said: minted }
        : { status: 401, said: { message: 'the proof is not good now' } })
    next = null
    expect(req.url).toBe('/app/installations/7/access_tokens')
    res
      .writeHead(status, { 'content-type': 'application/json', date: new Date(now).toUTCString() })
      .end(JSON.stringify(said))
  })
  const app = appToken({
    app: 99,
    installation: 7,
    privateKey: pair.privateKey,
    baseUrl: url,
    clock,
    ...rest,
  })
  onTestFinished(() => app.close())
  return {
    app,
    clock,
    proofs,
    answer: (status: number, said: object) => void (next = { status, said }),
  }
}

function proofOf(authorization: string): Proof {
  const [header = '', claims = '', signature = ''] = authorization.replace('Bearer ', '').split('.')
  const verify = createVerify('RSA-SHA256').update(`${header}.${claims}`)
  expect(verify.verify(pair.publicKey, signature, 'base64url')).toBe(true)
  expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toEqual({
    alg: 'RS256',
    typ: 'JWT',
  })
  return JSON.parse(Buffer.from(claims, 'base64url').toString()) as Proof
}

test('a token is minted with the App’s proof, once for all who ask', async () => {
  const { app, proofs } = await far()
  const tokens = await Promise.all([app.token(), app.token(), app.token()])
  expect(tokens).toEqual(['ghs_1', 'ghs_1', 'ghs_1'])
  expect(await app.token()).toBe('ghs_1')
  expect(proofs).toEqual([{ iss: '99', iat: start / 1_000 - 60, exp: start / 1_000 + 540 }])
  expect(app.app).toBe('99')
})

test('another is minted five minutes before it ends', async () => {
  const { app, clock } = await far()
  expect(await app.token()).toBe('ghs_1')
  clock.advance(55 * 60_000 - 1)
  expect(await app.token()).toBe('ghs_1')
  clock.advance(1)
  expect(await app.token()).toBe('ghs_2')
})

test('another is minted when GitHub refuses one, but not when it was only just minted', async () => {
  const { app, clock } = await far()
  expect(await app.token()).toBe('ghs_1')
  expect(await app.token('ghs_1')).toBe('ghs_1')
  clock.advance(60_000)
  expect(await app.token('an older one')).toBe('ghs_1')
  expect(await app.token('ghs_1')).toBe('ghs_2')
})

test.each([-2 * 3_600_000, -300_000, 120_000, 5 * 3_600_000])(
  'with a clock that GitHub’s is ahead of by %d ms, tokens are minted all the same',
  async (theirAheadMs) => {
    const { app, clock, proofs } = await far({ theirAheadMs })
    const token = await app.token()
    const proved = proofs.length
    clock.advance(54 * 60_000)
    expect(await app.token()).toBe(token)
    clock.advance(60_000)
    expect(await app.token()).not.toBe(token)
    expect(proofs).toHaveLength(proved + 1)
  },
)

test.each([
  [401, 'A JSON web token could not be decoded', 'unauthorized'],
  [404, 'Integration not found', 'unauthorized'],
  [403, 'This installation has been suspended', 'unauthorized'],
  [422, 'There is at least one repository that does not exist', 'unauthorized'],
  [500, 'Server Error', 'unreachable'],
])('a %d is no token, and the next request tries again', async (status, message, code) => {
  const { app, answer } = await far()
  answer(status, { message })
  const failed = await Promise.allSettled([app.token(), app.token()])
  for (const each of failed) expect(each).toMatchObject({ status: 'rejected', reason: { code } })
  expect(await app.token()).toBe('ghs_2')
})

test('while GitHub wants to hear nothing no token is asked for', async () => {
  const { app, answer, proofs, clock } = await far()
  answer(429, { message: 'You have exceeded a secondary rate limit.' })
  for (let look = 0; look < 3; look += 1)
    await expect(app.token()).rejects.toMatchObject({ code: 'limited', until: start + 60_000 })
  expect(proofs).toHaveLength(1)
  clock.advance(60_000)
  expect(await app.token()).toBe('ghs_2')
})

test('an answer without a token is no token', async () => {
  const { app, answer } = await far()
  answer(201, { expires_at: 'soon' })
  await expect(app.token()).rejects.toMatchObject({ code: 'unreachable' })
})

test('a client goes on over the hours, and when a token is revoked', async () => {
  const clock = manualClock(start)
  const { github, world, repository } = await open({ now: clock.now })
  repository.record.isPrivate = true
  repository.issue({})
  const app = world.app('afk')
  const installation = world.install(app, {
    account: repository.record.owner,
    permissions: { issues: 'read' },
  })
  const source = appToken({
    app: app.clientId,
    installation: installation.id,
    privateKey: world.privateKey(app),
    baseUrl: github.url,
    clock,
  })
  const client = githubClient({ ...source, baseUrl: github.url, clock, pointsPerMinute: 1_000_000 })
  onTestFinished(() => source.close())
  onTestFinished(() => client.close())
  const look = async () => (await client.all('/repos/octo/infra/issues')).items.length
  for (let half = 0; half < 5; half += 1) {
    expect(await look()).toBe(1)
    clock.advance(30 * 60_000)
  }
  expect(await look()).toBe(1)
  world.revoke(github.requests.at(-1)?.token ?? '')
  clock.advance(60_000)
  expect(await look()).toBe(1)
  const minted = github.requests.filter(({ path }) => path.endsWith('/access_tokens'))
  expect(minted).toHaveLength(4)
  expect(await client.self()).toEqual({ is: 'app', app: app.clientId })
})

test.each([
  ['no key', 'secret-of-the-app'],
  ['half a key', pair.privateKey.slice(0, 400)],
  [
    'a key of another kind',
    generateKeyPairSync('ed25519', {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    }).privateKey,
  ],
])('%s is refused, and is not in the error', (_, privateKey) => {
  const open = () => appToken({ app: 1, installation: 1, privateKey, clock: manualClock() })
  expect(open).toThrow('private key')
  try {
    open()
  } catch (error) {
    const said = inspect(error, { depth: 10 })
    expect(said).not.toContain(privateKey.slice(30, 60) || privateKey)
  }
})
