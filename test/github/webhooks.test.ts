import { createHmac, createSign } from 'node:crypto'
import { expect, test } from 'vitest'

import { listen } from '../listen.ts'
import { manualClock } from '../manual-clock.ts'
import { ask } from './ask.ts'
import { open } from './open.ts'

type Post = { readonly headers: Readonly<Record<string, unknown>>; readonly body: string }

async function receiver() {
  const posts: Post[] = []
  const to = await listen((req, res, body) => {
    posts.push({ headers: req.headers, body })
    res.writeHead(202).end('later')
  })
  return { posts, to }
}

test('a delivery is signed over its bytes, and says what it is', async () => {
  const { world, repository } = await open()
  const { posts, to } = await receiver()
  const issue = repository.issue({ labels: ['ready'] })
  const sender = world.user('kim')
  const event = world.events.issues('labeled', issue, { label: 'ready', sender })
  const [first] = await world.deliver(event, { to, secret: 'shh' })
  expect(first).toMatchObject({ status: 202, text: 'later' })
  const [{ headers, body }] = posts as [Post]
  const digest = createHmac('sha256', 'shh').update(Buffer.from(body)).digest('hex')
  expect(headers).toMatchObject({
    'x-github-event': 'issues',
    'x-github-delivery': first?.guid,
    'x-hub-signature-256': `sha256=${digest}`,
    'x-github-hook-id': '424242',
    'user-agent': expect.stringMatching(/^GitHub-Hookshot\//),
    'content-type': 'application/json',
  })
  expect(JSON.parse(body)).toMatchObject({
    action: 'labeled',
    label: { name: 'ready' },
    issue: { number: issue.number },
    repository: { full_name: 'octo/infra' },
    sender: { id: sender.id },
  })
})

test('a redelivery has the same GUID; a signature may be wrong, malformed or missing', async () => {
  const { world, repository } = await open()
  const { posts, to } = await receiver()
  const event = world.events.ping(repository)
  const [first] = await world.deliver(event, { to, secret: 'shh' })
  await world.deliver(event, { to, secret: 'shh', guid: first!.guid, times: 2 })
  expect(new Set(posts.map(({ headers }) => headers['x-github-delivery'])).size).toBe(1)
  posts.splice(0)
  for (const signature of ['wrong', 'malformed', 'missing'] as const)
    await world.deliver(event, { to, secret: 'shh', signature })
  const digest = createHmac('sha256', 'shh').update(posts[0]!.body).digest('hex')
  const [wrong, ...rest] = posts.map(({ headers }) => headers['x-hub-signature-256'])
  expect(wrong).toMatch(/^sha256=[0-9a-f]{64}$/)
  expect(wrong).not.toBe(`sha256=${digest}`)
  expect(rest).toEqual(['sha256=nonsense', undefined])
  await world.deliver(event, { to, secret: null, contentType: 'form' })
  const form = new URLSearchParams(posts.at(-1)!.body)
  expect(JSON.parse(form.get('payload') ?? '')).toMatchObject({ zen: 'Design for failure.' })
})

test('a receiver that does not answer in time has had its chance', async () => {
  const { world, repository, owner } = await open()
  const to = await listen(() => {})
  const issue = repository.issue()
  const installation = world.install(world.app('afk'), { account: owner, permissions: {} })
  const changes = { body: { from: 'one' } }
  const event = world.events.issues('edited', issue, { changes, installation })
  expect(event.payload).toMatchObject({ changes, installation: { id: installation.id } })
  const [delivered] = await world.deliver(event, { to, secret: 'shh', timeoutMs: 30 })
  expect(delivered).toMatchObject({ status: null, text: 'timed out' })
})

test('events of CI, of a push, of a pull request and of dependencies', async () => {
  const { world, repository } = await open()
  const { events } = world
  const [before, blocker] = [repository.push('main'), repository.issue()]
  const sha = repository.push('main', { message: 'Mend it' })
  repository.push('afk/1')
  const run = repository.workflowRun(sha)
  run.finish('failure')
  const pull = repository.pull({ head: 'afk/1' })
  const status = repository.status(sha, { state: 'success' })
  const merged = pull.merge()
  const said = [
    events.checkSuite('completed', repository, run.record.suite),
    events.checkRun('completed', repository, { record: run.job('test').record.check }),
    events.workflowRun('completed', repository, run),
    events.status(repository, status),
    events.push(repository, 'main'),
    events.pullRequest('closed', pull),
    events.issueDependencies('blocked_by_added', { blocked: blocker, blocker }),
    events.issueComment('created', blocker.comment('x')),
  ]
  expect(said).toMatchObject([
    { name: 'check_suite', payload: { check_suite: { head_sha: sha, conclusion: 'failure' } } },
    { name: 'check_run', payload: { check_run: { name: 'test' } } },
    { name: 'workflow_run', payload: { workflow_run: { head_sha: sha, run_attempt: 1 } } },
    { name: 'status', payload: { sha, state: 'success', context: 'ci/test' } },
    { name: 'push', payload: { before: sha, after: merged, forced: false } },
    { name: 'pull_request', payload: { pull_request: { merged: true, merge_commit_sha: merged } } },
    { name: 'issue_dependencies', payload: { blocking_issue_id: blocker.id } },
    { name: 'issue_comment', payload: { comment: { body: 'x' } } },
  ])
  expect(before).not.toBe(sha)
})

test('an App signs for a token of an hour, which acts as its bot and may be narrowed', async () => {
  const clock = manualClock(1_700_000_000_000)
  const { github, world, repository, owner, here } = await open({ now: clock.now })
  const app = world.app('afk')
  const permissions = { issues: 'write', checks: 'read' } as const
  const installation = world.install(app, { account: owner, permissions })
  const now = Math.floor(clock.now() / 1_000)
  const jwt = (claims: object) => {
    const parts = [
      { alg: 'RS256', typ: 'JWT' },
      { iat: now - 60, exp: now + 540, ...claims },
    ]
    const signed = parts.map((each) => Buffer.from(JSON.stringify(each)).toString('base64url'))
    const text = signed.join('.')
    const signature = createSign('RSA-SHA256').update(text).sign(world.privateKey(app), 'base64url')
    return `${text}.${signature}`
  }
  const at = `/app/installations/${installation.id}/access_tokens`
  const mint = (claims: object, body?: object) =>
    ask(github, at, { method: 'POST', token: jwt(claims), ...(body && { body }) })
  expect((await mint({ iss: 7 })).status).toBe(401)
  expect((await mint({ iss: app.clientId, exp: now + 601 })).status).toBe(401)
  expect((await mint({ iss: app.id }, { permissions: { contents: 'write' } })).status).toBe(422)
  const minted = await mint({ iss: app.clientId }, { permissions: { issues: 'write' } })
  expect(minted).toMatchObject({ status: 201, json: { expires_at: '2023-11-14T23:13:20Z' } })
  const { token } = minted.json as { token: string }
  expect(token.length).toBeGreaterThan(200)
  repository.issue()
  const said = await here('/issues/1/comments', { method: 'POST', token, body: { body: 'x' } })
  expect(said.json).toMatchObject({
    user: { login: 'afk[bot]', type: 'Bot', id: app.bot.id },
    performed_via_github_app: { id: app.id },
  })
  expect((await ask(github, '/user', { token })).status).toBe(403)
  repository.push('main')
  const denied = await here('/commits/main/check-runs', { token })
  expect(denied).toMatchObject({
    status: 403,
    json: { message: 'Resource not accessible by integration' },
  })
  expect(denied.headers.get('x-accepted-github-permissions')).toBe('checks=read')
  clock.advance(3_600_000)
  expect((await here('/issues/1', { token })).status).toBe(401)
})
