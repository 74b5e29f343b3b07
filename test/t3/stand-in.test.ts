import { existsSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'

import { manualClock } from '../manual-clock.ts'
import { temporaryFile } from '../temporary.ts'
import { ask, dispatch } from './ask.ts'
import { open } from './open.ts'

const versions = ['27', '32', '0821'] as const
const traceId = expect.stringMatching(/^[0-9a-f]{32}$/)
const denied = (reason: string) => ({
  _tag: 'EnvironmentAuthInvalidError',
  code: 'auth_invalid',
  reason,
  traceId,
})
const refused = { _tag: 'EnvironmentRequestInvalidError', code: 'invalid_request', traceId }
const broken = {
  _tag: 'EnvironmentInternalError',
  code: 'internal_error',
  reason: 'orchestration_dispatch_failed',
  traceId,
}
const empty = { status: 400, type: null, text: '' }

test.each([
  ['none', null, {}, 'missing_credential'],
  ['the word in lower case', null, { authorization: 'bearer TOKEN' }, 'missing_credential'],
  ['another scheme', null, { authorization: 'Basic TOKEN' }, 'missing_credential'],
  ['a wrong one', 'nonsense', {}, 'invalid_credential'],
  ['one that somebody wrote', 'e30.e30', {}, 'invalid_credential'],
])('a credential, %s, is a 401 that says which', async (_what, token, headers, reason) => {
  const { t3, get } = await open()
  const own = Object.entries(headers).map(([name, value]) => [
    name,
    value.replace('TOKEN', t3.token),
  ])
  const told = await get('snapshot', { token, headers: Object.fromEntries(own) })
  expect(told).toMatchObject({ status: 401, type: 'application/json' })
  expect(told.json).toEqual(denied(reason))
  expect((await get(`snapshot?token=${t3.token}`, { token: null })).status).toBe(401)
})

test('a token ends when it is revoked, or by the server’s own clock, and a restart keeps it', async () => {
  const clock = manualClock(1_700_000_000_000)
  const { t3, get } = await open({ now: clock.now, skewMs: 3_600_000 })
  const [short, gone] = [t3.tokens.issue({ ttlMs: 60_000 }), t3.tokens.issue()]
  t3.tokens.revoke(gone)
  t3.restart()
  expect((await get('snapshot', { token: gone })).json).toEqual(denied('invalid_credential'))
  expect((await get('snapshot', { token: short })).status).toBe(200)
  const session = await ask(t3, '/api/auth/session', { token: short })
  expect(session.json).toMatchObject({ expiresAt: '2023-11-14T23:14:20.000Z' })
  clock.advance(60_000)
  expect((await get('snapshot', { token: short })).json).toEqual(denied('invalid_credential'))
})

test('a scope that is missing is named, and neither of the two stands for the other', async () => {
  const { t3, get } = await open()
  const [reads, acts] = (['orchestration:read', 'orchestration:operate'] as const).map((scope) =>
    t3.tokens.issue({ scopes: [scope] }),
  )
  const command = { type: 'thread.archive', threadId: 'nobody' }
  const lacking = { _tag: 'EnvironmentScopeRequiredError', code: 'insufficient_scope', traceId }
  const told = await dispatch(t3, command, { token: reads! })
  expect(told.status).toBe(403)
  expect(told.json).toEqual({ ...lacking, requiredScope: 'orchestration:operate' })
  for (const path of ['snapshot', 'shell', 'threads/nobody']) {
    const read = await get(path, { token: acts! })
    expect([read.status, read.json]).toEqual([
      403,
      { ...lacking, requiredScope: 'orchestration:read' },
    ])
  }
  expect((await dispatch(t3, command, { token: acts! })).status).toBe(500)
  expect((await get('threads/nobody', { token: reads! })).status).toBe(404)
})

test('what is looked at first answers: credential, type, schema, scope, workspace, rules', async () => {
  const { t3, folder } = await open()
  const reads = t3.tokens.issue({ scopes: ['orchestration:read'] })
  const wrong = { type: 'project.create', projectId: 'p1', title: 'p1', workspaceRoot: '/nowhere' }
  const text = { headers: { 'content-type': 'text/plain' } }
  const untitled = { ...wrong, title: ' ' }
  const statuses = async (...asked: ReadonlyArray<Parameters<typeof dispatch>>) =>
    (await Promise.all(asked.map((each) => dispatch(...each)))).map(({ status, type }) => [
      status,
      type,
    ])
  expect(
    await statuses(
      [t3, untitled, { ...text, token: 'nonsense' }],
      [t3, untitled, { ...text, token: reads }],
      [t3, untitled, { token: reads }],
      [t3, wrong, { token: reads }],
      [t3, wrong],
      [t3, { ...wrong, workspaceRoot: folder }],
    ),
  ).toEqual([
    [401, 'application/json'],
    [415, 'text/plain'],
    [400, null],
    [403, 'application/json'],
    [400, 'application/json'],
    [500, 'application/json'],
  ])
})

test('a content type that is not JSON is told as text, and a charset is none', async () => {
  const { t3 } = await open()
  const told = await ask(t3, '/api/orchestration/dispatch', {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'text/xml' },
  })
  expect([told.status, told.text]).toEqual([415, 'Unsupported content-type: text/xml'])
  const headers = { 'content-type': 'application/json; charset=utf-8' }
  const fine = { type: 'thread.create', threadId: 't1', projectId: 'p1', title: 't', ...thread }
  expect((await dispatch(t3, fine, { headers })).status).toBe(200)
})

const thread = {
  modelSelection: { instanceId: 'claudeAgent', model: 'claude-sonnet-5' },
  runtimeMode: 'full-access',
  branch: null,
  worktreePath: null,
}

test.each([
  ['no JSON', '{"type":'],
  ['no object', '[]'],
  ['an unknown type', { type: 'thread.explode' }],
  ['a command of T3’s own', { type: 'thread.session.set', threadId: 't1', session: null }],
  ['an empty title', { ...thread, title: '  ' }],
  ['a title of another type', { ...thread, title: 7 }],
  ['a nullable key that is missing', { ...thread, title: 't', branch: undefined }],
  ['a word that is none', { ...thread, title: 't', runtimeMode: 'yolo' }],
  ['no creation time', { ...thread, title: 't', createdAt: undefined }],
  ['an instance that is no slug', { ...thread, title: 't', modelSelection: { instanceId: '1 x' } }],
  ['no command id', { ...thread, title: 't', commandId: '' }],
])('a body with %s is a 400 without a body and without a type', async (_what, body) => {
  const { t3 } = await open()
  const named = { type: 'thread.create', threadId: 't1', projectId: 'p1' }
  const told =
    typeof body === 'string'
      ? await ask(t3, '/api/orchestration/dispatch', { method: 'POST', body })
      : await dispatch(t3, { ...named, ...body })
  expect(told).toMatchObject(empty)
  const nobody = t3.commands().filter(({ command }) => command.type !== 'project.create')
  expect(nobody).toEqual([])
})

test('a workspace or a picture that cannot be used is a 400 in JSON, and its id is free again', async () => {
  const { folder, turn, dispatch: send, thread: create } = await open()
  const file = temporaryFile()
  const missing = `${file}-later`
  const project = { type: 'project.create', projectId: 'p2', title: 'p2', commandId: 'c1' }
  writeFileSync(file, '')
  for (const workspaceRoot of [file, missing]) {
    const told = await send({ ...project, workspaceRoot })
    expect([told.status, told.json]).toEqual([400, { ...refused, reason: 'invalid_command' }])
  }
  const made = { ...project, workspaceRoot: missing, createWorkspaceRootIfMissing: true }
  expect((await send(made)).status).toBe(200)
  expect([existsSync(missing), existsSync(`${missing}/.git`)]).toEqual([true, false])
  const moved = { type: 'project.meta.update', projectId: 'p2', workspaceRoot: `${folder}/none` }
  expect((await send(moved)).json).toEqual({ ...refused, reason: 'invalid_command' })

  await create()
  const picture = { type: 'image', name: 'a.png', mimeType: 'image/png', sizeBytes: 3 }
  const message = { messageId: 'm', role: 'user', text: 'Look' }
  const withPicture = (dataUrl: string) => ({
    commandId: 'c2',
    message: { ...message, attachments: [{ ...picture, dataUrl }] },
  })
  const bad = await turn('', withPicture('data:image/png;base64,%%'))
  expect([bad.status, bad.json]).toEqual([400, { ...refused, reason: 'invalid_command' }])
  expect((await turn('', withPicture('data:image/png;base64,aGk='))).status).toBe(200)
  const nine = Array.from({ length: 9 }, () => ({ ...picture, dataUrl: '' }))
  expect(await turn('', { message: { ...message, attachments: nine } })).toMatchObject(empty)
})

test('an address that is not there is a page or a 503 where one reads, and else an empty 404', async () => {
  const { t3, get } = await open()
  const page = await ask(t3, '/api/orchestration/nonsense', { token: null })
  expect([page.status, page.type]).toEqual([200, 'text/html'])
  expect(page.text).toContain('<!doctype html>')
  t3.settings.hasWeb = false
  expect(await get('nonsense')).toMatchObject({ status: 503, type: 'text/plain' })
  for (const [method, path] of [
    ['POST', 'nonsense'],
    ['DELETE', 'shell'],
    ['PUT', 'dispatch'],
  ] as const)
    expect(await get(path, { method })).toMatchObject({ status: 404, type: null, text: '' })
})

test.each(versions)('every rule that is broken is the same 500 in v%s', async (version) => {
  const { t3, folder, thread: create, dispatch: send, turn } = await open({ version })
  await create()
  const told = [
    await send({ type: 'project.create', projectId: 'p1', title: 'p', workspaceRoot: folder }),
    await send({ type: 'project.delete', projectId: 'p1' }),
    await create(),
    await create({ threadId: 't2', projectId: 'nobody' }),
    await turn('Do it', { threadId: 'nobody' }),
    await send({ type: 'thread.turn.interrupt', threadId: 'nobody' }),
    await send({ type: 'thread.unarchive', threadId: 't1' }),
  ]
  for (const each of told) expect([each.status, each.json]).toEqual([500, broken])
  expect(t3.requests().filter(({ status }) => status === 500)).toHaveLength(told.length)
})

test('who a token is, is told to everybody, and nobody is refused', async () => {
  const { t3 } = await open()
  const scopes = ['orchestration:read', 'orchestration:operate'] as const
  const nobody = await ask(t3, '/api/auth/session', { token: 'nonsense' })
  expect([nobody.status, nobody.json]).toEqual([
    200,
    { authenticated: false, auth: expect.objectContaining({ policy: 'loopback-browser' }) },
  ])
  const token = t3.tokens.issue({ scopes })
  expect((await ask(t3, '/api/auth/session', { token })).json).toMatchObject({
    authenticated: true,
    scopes,
    sessionMethod: 'bearer-access-token',
    expiresAt: expect.stringMatching(/Z$/),
  })
  expect(token).toMatch(/^[\w-]+\.[\w-]+$/)
})

test('a pairing code becomes a token once, with the scopes it gives and no others', async () => {
  const clock = manualClock(1_700_000_000_000)
  const { t3, get } = await open({ now: clock.now })
  const exchange = (credential: string, more: Readonly<Record<string, string>> = {}) =>
    ask(t3, '/oauth/token', {
      method: 'POST',
      token: null,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ ...form, subject_token: credential, ...more }).toString(),
    })
  const { credential } = t3.tokens.pair()
  expect(credential).toHaveLength(12)
  const scope = (words: string) => exchange(credential, { scope: words })
  expect((await scope('orchestration:fly')).json).toEqual({ ...refused, reason: 'invalid_scope' })
  const ungranted = { ...refused, reason: 'scope_not_granted' }
  expect((await scope('orchestration:read access:write')).json).toEqual(ungranted)
  expect(await exchange(credential, { grant_type: 'password' })).toMatchObject(empty)
  const told = await scope('orchestration:read')
  expect(told.json).toEqual({
    access_token: expect.any(String),
    issued_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    token_type: 'Bearer',
    expires_in: 2_592_000,
    scope: 'orchestration:read',
  })
  const { access_token: token } = told.json as { readonly access_token: string }
  expect((await get('shell', { token })).status).toBe(200)
  expect((await exchange(credential)).json).toEqual(denied('invalid_credential'))
  const late = t3.tokens.pair()
  clock.advance(300_000)
  expect((await exchange(late.credential)).status).toBe(401)

  const asked = { method: 'POST', body: { label: 'ci', scopes: ['orchestration:read'] } }
  const paired = await ask(t3, '/api/auth/pairing-token', asked)
  expect(paired.json).toMatchObject({ label: 'ci', scopes: ['orchestration:read'] })
  expect((await ask(t3, '/api/auth/pairing-token', { ...asked, token })).json).toMatchObject({
    requiredScope: 'access:write',
  })
  const ticket = await ask(t3, '/api/auth/websocket-ticket', { method: 'POST', token })
  expect(ticket.json).toEqual({
    ticket: expect.any(String),
    expiresAt: new Date(clock.now() + 300_000).toISOString(),
  })
})

const form = {
  grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
  subject_token_type: 'urn:t3:params:oauth:token-type:environment-bootstrap',
  requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
}

test.each([
  ['27', '0.0.27', undefined],
  ['32', '0.0.32', undefined],
  ['0821', '0.0.33', true],
] as const)('a v%s server names itself %s to anybody', async (version, serverVersion, isNew) => {
  const { t3 } = await open({ version })
  const named = async () => (await ask(t3, '/.well-known/t3/environment', { token: null })).json
  const before = await named()
  expect(before).toMatchObject({
    environmentId: t3.environmentId,
    label: expect.any(String),
    platform: { os: expect.any(String), arch: expect.any(String) },
    serverVersion,
  })
  const { capabilities } = before as { readonly capabilities: Readonly<Record<string, boolean>> }
  expect(capabilities['threadPinReorder']).toBe(isNew)
  t3.restart()
  expect(await named()).toEqual(before)
})

test('only the newest zips its answers and lets every origin read them', async () => {
  const headersOf = async (version: '32' | '0821') => {
    const { headers } = await (await open({ version })).get('snapshot')
    return [headers.get('content-encoding'), headers.get('access-control-allow-origin')]
  }
  expect(await headersOf('0821')).toEqual(['gzip', '*'])
  expect(await headersOf('32')).toEqual([null, null])
})
