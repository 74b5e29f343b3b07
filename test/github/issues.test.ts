import { expect, test } from 'vitest'

import { manualClock } from '../manual-clock.ts'
import { ask } from './ask.ts'
import type { Grant } from './model.ts'
import { open } from './open.ts'

test('a list has pull requests in it; labels are AND in any case; an unknown one is none', async () => {
  const { repository, here } = await open()
  const both = repository.issue({ labels: ['Ready', 'urgent'] })
  const one = repository.issue({ labels: ['ready'] })
  repository.push('main')
  repository.push('afk/1')
  const pull = repository.pull({ head: 'afk/1', labels: ['ready'] })
  const numbers = async (query: string) =>
    ((await here(`/issues?${query}`)).json as { number: number }[]).map(({ number }) => number)
  expect(await numbers('labels=READY&sort=created&direction=asc')).toEqual([
    both.number,
    one.number,
    pull.number,
  ])
  expect(await numbers('labels=ready,urgent')).toEqual([both.number])
  expect(await numbers('labels=nobody')).toEqual([])
  one.close()
  expect(await numbers('labels=ready')).toEqual([pull.number, both.number])
  expect(await numbers('state=closed')).toEqual([one.number])
  const [first] = (await here('/issues?labels=ready')).json as object[]
  expect(first).toHaveProperty('pull_request.merged_at', null)
})

test('since is later than an instant, and a comment counts', async () => {
  const clock = manualClock(1_700_000_000_000)
  const { github, repository, here } = await open({ now: clock.now })
  const issue = repository.issue()
  const since = '2023-11-14T22:13:20Z'
  expect((await here(`/issues?since=${since}`)).json).toEqual([])
  github.settings.sinceIsInclusive = true
  expect((await here(`/issues?since=${since}`)).json).toHaveLength(1)
  github.settings.sinceIsInclusive = false
  clock.advance(5_000)
  issue.comment('x')
  expect((await here(`/issues?since=${since}`)).json).toHaveLength(1)
})

test('a label given at creation was applied by the author, and one that is there leaves no event', async () => {
  const { world, repository, here } = await open()
  const mallory = world.user('mallory')
  const issue = repository.issue({ by: mallory, labels: ['ready'] })
  issue.unlabel('READY')
  await here('/issues/1/labels', { method: 'POST', body: { labels: ['ready', 'New one'] } })
  await here('/issues/1/labels', { method: 'POST', body: { labels: [{ name: 'READY' }] } })
  const gone = await here('/issues/1/labels/new%20one', { method: 'DELETE' })
  expect(gone.json).toMatchObject([{ name: 'ready' }])
  expect((await here('/issues/1/labels/ready%2Fx', { method: 'DELETE' })).status).toBe(404)
  expect((await here('/issues/1/events')).json).toMatchObject([
    { event: 'labeled', actor: { id: mallory.id }, label: { name: 'ready' } },
    { event: 'unlabeled', actor: { login: 'octo' } },
    { event: 'labeled', actor: { login: 'afk-bot' } },
    { event: 'labeled', label: { name: 'New one' } },
    { event: 'unlabeled' },
  ])
  const [event] = (await here('/issues/1/events')).json as object[]
  expect(event).not.toHaveProperty('author_association')
})

const rows: [string, Grant | null, object][] = [
  ['admin', 'admin', { permission: 'admin', role_name: 'admin' }],
  ['maintain', 'maintain', { permission: 'write', role_name: 'maintain' }],
  ['write', 'write', { permission: 'write', role_name: 'write' }],
  ['triage', 'triage', { permission: 'read', role_name: 'triage' }],
  ['read', 'read', { permission: 'read', role_name: 'read' }],
  [
    'a custom role',
    { base: 'write', name: 'releaser' },
    { permission: 'write', role_name: 'releaser' },
  ],
  ['a stranger on a public repository', null, { permission: 'read', role_name: 'read' }],
]

test.each(rows)('the permission of %s', async (_, grant, said) => {
  const { world, repository, here } = await open()
  const kim = world.user('kim')
  repository.grant(kim, grant)
  const answer = await here('/collaborators/KIM/permission')
  expect(answer).toMatchObject({ status: 200, json: { ...said, user: { id: kim.id } } })
})

test('an unknown user and a bot are 404, and a stranger of a private repository has none', async () => {
  const { github, world, bot, token, here } = await open()
  world.app('helper')
  for (const login of ['nobody', 'helper%5Bbot%5D'])
    expect((await here(`/collaborators/${login}/permission`)).status).toBe(404)
  const secret = world.repository('octo/secret', { isPrivate: true })
  secret.grant(bot, 'write')
  world.user('kim')
  const at = '/repos/octo/secret/collaborators/kim'
  expect((await ask(github, `${at}/permission`, { token })).json).toMatchObject({
    permission: 'none',
  })
  expect((await ask(github, at, { token })).status).toBe(404)
  const stranger = world.token(world.user('stranger'))
  const denied = await here('/collaborators/kim/permission', { token: stranger })
  expect(denied.status).toBe(403)
})

test('a login that was renamed belongs to another id afterwards', async () => {
  const { world, repository, here } = await open()
  const kim = world.user('kim')
  repository.grant(kim, 'write')
  repository.issue({ by: kim, labels: ['ready'] })
  world.rename(kim, 'kim-2')
  const squatter = world.user('kim')
  expect((await here('/issues/1/events')).json).toMatchObject([
    { actor: { id: kim.id, login: 'kim-2' } },
  ])
  expect((await here('/collaborators/kim/permission')).json).toMatchObject({
    permission: 'read',
    user: { id: squatter.id },
  })
})

test('a stranger’s labels are dropped, and they may not label, close, or write another’s text', async () => {
  const { world, repository, here } = await open()
  repository.issue()
  const token = world.token(world.user('mallory'))
  const theirs = await here('/issues', {
    method: 'POST',
    token,
    body: { title: 'Mine', labels: ['ready'] },
  })
  expect(theirs).toMatchObject({ status: 201, json: { number: 2, labels: [], body: null } })
  const change = (number: number, body: object) =>
    here(`/issues/${number}`, { method: 'PATCH', token, body })
  expect((await change(1, { state: 'closed' })).status).toBe(403)
  expect((await change(1, { body: 'x' })).status).toBe(403)
  expect((await change(2, { body: 'x' })).status).toBe(200)
  const labelled = await here('/issues/2/labels', {
    method: 'POST',
    token,
    body: { labels: ['x'] },
  })
  expect(labelled.status).toBe(403)
})

test('an edited title is an event; an edited body is told by GraphQL alone', async () => {
  const clock = manualClock(1_700_000_000_000)
  const { github, world, repository, token, here } = await open({ now: clock.now })
  const mallory = world.user('mallory')
  const issue = repository.issue({ by: mallory, body: 'one' })
  const query = `query Edits($n: Int!) {
    repository(owner: "octo", name: "infra") { seen: issue(number: $n) {
      lastEditedAt editor { login ... on User { databaseId } }
      userContentEdits(first: 5) { totalCount nodes { editedAt editor { login } } } } } }`
  const edits = async () => {
    const body = { query, variables: { n: 1 } }
    return (await ask(github, '/graphql', { method: 'POST', token, body })).json
  }
  const none = { totalCount: 0, nodes: [] }
  expect(await edits()).toEqual({
    data: {
      repository: { seen: { lastEditedAt: null, editor: null, userContentEdits: none } },
    },
  })
  clock.advance(60_000)
  issue.rewrite('two', { by: mallory })
  issue.retitle('Two', { by: mallory })
  expect((await here('/issues/1/events')).json).toMatchObject([
    { event: 'renamed', rename: { to: 'Two' } },
  ])
  expect(await edits()).toMatchObject({
    data: {
      repository: {
        seen: {
          lastEditedAt: '2023-11-14T22:14:20Z',
          editor: { login: 'mallory', databaseId: mallory.id },
          userContentEdits: { totalCount: 2, nodes: [{ editedAt: '2023-11-14T22:14:20Z' }, {}] },
        },
      },
    },
  })
  github.settings.hasGraphql = false
  expect(await edits()).toMatchObject({ message: 'Not Found' })
})

test('comments: their order, their limit, an edit by their id, a deletion, a lock', async () => {
  const { world, repository, here } = await open()
  const issue = repository.issue()
  const write = (body: string, token?: string) =>
    here('/issues/1/comments', { method: 'POST', body: { body }, ...(token && { token }) })
  const made = (await write('one')).json as { id: number }
  issue.comment('two', { by: world.user('mallory') })
  const at = `/issues/comments/${made.id}`
  expect((await here(at, { method: 'PATCH', body: { body: 'uno' } })).json).toMatchObject({
    body: 'uno',
  })
  expect((await here('/issues/1/comments')).json).toMatchObject([{ body: 'uno' }, { body: 'two' }])
  const [long, empty] = [await write('x'.repeat(65_537)), await write('')]
  expect([long.status, empty.status]).toEqual([422, 422])
  expect(long.json).toMatchObject({ errors: [{ resource: 'IssueComment', field: 'data' }] })
  expect((await here(at, { method: 'DELETE' })).status).toBe(204)
  expect((await here(at, { method: 'PATCH', body: { body: 'x' } })).status).toBe(404)
  issue.lock()
  expect((await write('x', world.token(world.user('mallory')))).status).toBe(403)
  expect((await write('three')).status).toBe(201)
})

test('an issue is closed with a reason or by a commit, and opened again', async () => {
  const { repository, here } = await open()
  const issue = repository.issue()
  const change = (body: object) => here('/issues/1', { method: 'PATCH', body })
  expect((await change({ state: 'closed', state_reason: 'duplicate' })).json).toMatchObject({
    state_reason: 'duplicate',
    closed_by: { login: 'afk-bot' },
  })
  expect((await change({ state_reason: 'completed' })).json).toMatchObject({
    state_reason: 'duplicate',
  })
  expect((await change({ state: 'open' })).json).toMatchObject({
    state_reason: 'reopened',
    closed_by: null,
  })
  const sha = repository.push('main', { message: `Mend it\n\nCloses #${issue.number}` })
  expect((await here('/issues/1/events')).json).toMatchObject([
    { event: 'closed', commit_id: null, actor: { login: 'afk-bot' } },
    { event: 'reopened' },
    { event: 'referenced', commit_id: sha },
    { event: 'closed', commit_id: sha, actor: { login: 'octo' } },
  ])
})

test('a closing keyword on another branch closes nothing until it is on the default one', async () => {
  const { repository, here } = await open()
  repository.issue()
  repository.push('main')
  const sha = repository.push('afk/1', { message: 'Fixes #1' })
  expect((await here('/issues/1')).json).toMatchObject({ state: 'open' })
  repository.move('main', sha)
  expect((await here('/issues/1')).json).toMatchObject({ state: 'closed' })
})

test('a deleted issue is 410, a transferred one 301, one that never was 404', async () => {
  const { github, world, repository, here } = await open()
  repository.issue().remove()
  const moved = repository.issue().transfer(world.repository('octo/other'))
  expect((await here('/issues/1')).status).toBe(410)
  expect(await here('/issues/2')).toMatchObject({ status: 301 })
  expect((await here('/issues/2')).headers.get('location')).toBe(
    `${github.url}/repos/octo/other/issues/${moved.number}`,
  )
  expect((await here('/issues/3')).status).toBe(404)
  expect((await here('/issues')).json).toEqual([])
})

test('an account that is gone leaves an issue, events and comments of nobody', async () => {
  const { world, repository, here } = await open()
  const issue = repository.issue({ by: world.user('gone'), body: null, labels: ['ready'] })
  issue.orphan()
  expect((await here('/issues/1')).json).toMatchObject({ user: null, body: null })
  expect((await here('/issues/1/events')).json).toMatchObject([{ event: 'labeled', actor: null }])
})

test('dependencies: blockers in two repositories, the summary, and servers without them', async () => {
  const { github, world, repository, here } = await open()
  const issue = repository.issue()
  const [near, far] = [repository.issue(), world.repository('octo/other').issue()]
  issue.blockBy(near)
  const post = { method: 'POST', body: { issue_id: far.id } }
  expect((await here('/issues/1/dependencies/blocked_by', post)).status).toBe(201)
  near.close()
  expect((await here('/issues/1/dependencies/blocked_by')).json).toMatchObject([
    { number: near.number, state: 'closed' },
    { repository_url: `${github.url}/repos/octo/other`, state: 'open' },
  ])
  expect((await here('/issues/1')).json).toMatchObject({
    issue_dependencies_summary: { blocked_by: 1, total_blocked_by: 2, blocking: 0 },
  })
  expect((await here('/issues/2/dependencies/blocking')).json).toMatchObject([{ number: 1 }])
  expect((await here('/issues/1/timeline')).json).toMatchObject([
    { event: 'blocked_by_added', blocked_by: { number: near.number } },
    { event: 'blocked_by_added', blocked_by: { repository: { full_name: 'octo/other' } } },
  ])
  const gone = `/issues/1/dependencies/blocked_by/${near.id}`
  expect((await here(gone, { method: 'DELETE' })).status).toBe(200)
  github.settings.hasSummaries = false
  github.settings.hasDependencies = false
  expect((await here('/issues/1')).json).not.toHaveProperty('issue_dependencies_summary')
  expect((await here('/issues/1/dependencies/blocked_by')).status).toBe(404)
})

test('the timeline names who mentions an issue, from other repositories, too', async () => {
  const { world, repository, here } = await open()
  const issue = repository.issue()
  repository.issue({ body: `after #${issue.number}` })
  repository.issue({ body: 'see octo/other#1 and #11' })
  const other = world.repository('octo/other').issue({ body: 'waits for octo/infra#1, not for #1' })
  expect((await here('/issues/1/timeline')).json).toMatchObject([
    { event: 'cross-referenced', source: { issue: { number: 2 } } },
    { event: 'cross-referenced', source: { issue: { id: other.id } } },
  ])
})

test('sub-issues have a parent, and labels may be strings', async () => {
  const { github, repository, here } = await open()
  const [parent, child] = [repository.issue(), repository.issue({ labels: ['ready'] })]
  parent.adopt(child)
  expect((await here('/issues/1/sub_issues')).json).toMatchObject([{ number: 2 }])
  expect((await here('/issues/2/parent')).json).toMatchObject({
    number: 1,
    sub_issues_summary: { total: 1, completed: 0 },
  })
  expect((await here('/issues/1/parent')).status).toBe(404)
  github.settings.labelsAsStrings = true
  expect((await here('/issues/2')).json).toMatchObject({ labels: ['ready'] })
})
