import { expect, test } from 'vitest'

import { ask } from './ask.ts'
import { open } from './open.ts'

async function openPull() {
  const opened = await open()
  const { repository } = opened
  const base = repository.push('main')
  const head = repository.push('afk/1-r1', { message: 'Mend it' })
  const create = (body: object = {}) =>
    opened.here('/pulls', {
      method: 'POST',
      body: { title: 'Mend it', head: 'afk/1-r1', base: 'main', body: 'Closes #1', ...body },
    })
  const merge = (number: number, body: object) =>
    opened.here(`/pulls/${number}/merge`, { method: 'PUT', body })
  repository.issue()
  return { ...opened, base, head, create, merge }
}

test('a pull request is opened once, found by its head, and merged at the head that was meant', async () => {
  const { repository, here, base, head, create, merge } = await openPull()
  const made = await create()
  expect(made).toMatchObject({
    status: 201,
    json: { number: 2, head: { sha: head }, base: { sha: base }, mergeable_state: 'clean' },
  })
  expect(await create()).toMatchObject({
    status: 422,
    json: { errors: [{ message: 'A pull request already exists for octo:afk/1-r1.' }] },
  })
  expect((await here('/pulls?head=octo:afk/1-r1&state=all')).json).toMatchObject([{ number: 2 }])
  expect((await here('/pulls?head=mallory:afk/1-r1')).json).toEqual([])
  const pushed = repository.push('afk/1-r1')
  expect(await merge(2, { sha: head })).toMatchObject({ status: 409 })
  expect((await here('/pulls/2/merge')).status).toBe(404)
  const merged = await merge(2, { sha: pushed })
  const sha = repository.head('main')
  expect(merged).toMatchObject({ status: 200, json: { merged: true, sha } })
  expect((await here(`/commits/${sha}`)).json).toMatchObject({
    parents: [{ sha: base }, { sha: pushed }],
  })
  expect((await here('/pulls/2')).json).toMatchObject({
    merged: true,
    merge_commit_sha: sha,
    state: 'closed',
  })
  expect((await here('/issues/1/events')).json).toMatchObject([
    { event: 'closed', commit_id: null, actor: { login: 'afk-bot' } },
  ])
  expect(await merge(2, {})).toMatchObject({ status: 405 })
})

test('a squash is a new commit, whose checks are its own', async () => {
  const { repository, here, base, head, create, merge } = await openPull()
  await create({ body: null })
  repository.checkRun(head, { conclusion: 'success' })
  const { json } = await merge(2, { merge_method: 'squash', commit_message: 'Fixes #1' })
  const { sha } = json as { sha: string }
  expect(sha).not.toBe(head)
  expect((await here(`/commits/${sha}`)).json).toMatchObject({ parents: [{ sha: base }] })
  expect((await here(`/commits/${sha}/check-runs`)).json).toMatchObject({ total_count: 0 })
  expect((await here(`/commits/${sha}/pulls`)).json).toMatchObject([{ number: 2 }])
  expect((await here('/issues/1/events')).json).toMatchObject([
    { event: 'referenced', commit_id: sha },
    { event: 'closed', commit_id: sha },
  ])
})

test('what has not passed, is a draft, or conflicts is not merged', async () => {
  const { repository, here, head, create, merge } = await openPull()
  repository.protect('main', ['test'])
  await create()
  expect((await here('/pulls/2')).json).toMatchObject({ mergeable_state: 'blocked' })
  expect(await merge(2, {})).toMatchObject({
    status: 405,
    json: { message: 'Required status check "test" is expected.' },
  })
  repository.checkRun(head, { name: 'test', conclusion: 'success' })
  expect((await here('/pulls/2')).json).toMatchObject({ mergeable_state: 'clean' })
  repository.push('draft')
  const draft = repository.pull({ head: 'draft', isDraft: true })
  expect((await merge(draft.number, {})).status).toBe(405)
  draft.makeReady()
  draft.setMergeability({ mergeable: null, state: 'unknown' })
  expect((await here(`/pulls/${draft.number}`)).json).toMatchObject({ mergeable: null })
  draft.setMergeability({ mergeable: false, state: 'dirty' })
  expect((await merge(draft.number, {})).status).toBe(405)
})

test('a check of another app than the required one, or one that is not over, does not count', async () => {
  const { world, repository, here, head, create } = await openPull()
  const app = world.app('deployer')
  repository.require('main', [{ context: 'deploy', appId: app.id }])
  await create()
  const stands = async () =>
    ((await here('/pulls/2')).json as { mergeable_state: string }).mergeable_state
  repository.checkRun(head, { name: 'deploy', app: world.app('forger'), conclusion: 'success' })
  repository.status(head, { context: 'deploy', state: 'success' })
  expect(await stands()).toBe('blocked')
  const run = repository.checkRun(head, { name: 'deploy', app })
  expect(await stands()).toBe('blocked')
  run.finish('success')
  expect(await stands()).toBe('clean')
})

test('nothing new, or no such branch, is no pull request', async () => {
  const { repository, create } = await openPull()
  expect(await create({ head: 'nobody' })).toMatchObject({
    status: 422,
    json: { errors: [{ field: 'head', code: 'invalid' }] },
  })
  expect((await create({ base: 'nobody' })).status).toBe(422)
  repository.move('same', repository.head('main'))
  expect(await create({ head: 'same' })).toMatchObject({
    json: { errors: [{ message: 'No commits between main and same' }] },
  })
})

test('auto-merge enabled is not merged; closed is not merged; a fork has its own head', async () => {
  const { world, repository, here, create } = await openPull()
  await create()
  const fork = world.repository('mallory/infra')
  const root = fork.push('main')
  fork.push('afk/1-r1', { parents: [root] })
  const theirs = repository.pull({ head: 'afk/1-r1', from: fork, by: world.user('mallory') })
  theirs.enableAutoMerge({ method: 'squash' })
  expect((await here(`/pulls/${theirs.number}`)).json).toMatchObject({
    merged: false,
    auto_merge: { merge_method: 'squash' },
    head: { label: 'mallory:afk/1-r1', repo: { full_name: 'mallory/infra' } },
  })
  expect((await here('/pulls?head=mallory:afk/1-r1')).json).toMatchObject([
    { number: theirs.number },
  ])
  const pushed = fork.push('afk/1-r1')
  expect((await here(`/pulls/${theirs.number}`)).json).toMatchObject({ head: { sha: pushed } })
  expect((await here(`/commits/${pushed}`)).status).toBe(200)
  repository.removeBranch('afk/1-r1')
  expect((await here('/pulls/2')).json).toMatchObject({ state: 'closed', merged: false })
})

test('it is merged in the ways that the repository and its branch allow, and an App is not told which', async () => {
  const { world, repository, owner, github, here, create, merge } = await openPull()
  await create({ body: null })
  repository.mergeBy('squash', 'rebase')
  const allowed = { allow_merge_commit: false, allow_squash_merge: true, allow_rebase_merge: true }
  expect((await here('')).json).toMatchObject(allowed)
  const app = world.install(world.app('afk'), {
    account: owner,
    permissions: { contents: 'write' },
  })
  const told = await ask(github, '/repos/octo/infra', { token: world.installationToken(app) })
  expect(told.json).not.toHaveProperty('allow_merge_commit')
  const refused = (message: string) => ({ status: 405, json: { message } })
  expect(await merge(2, {})).toMatchObject(
    refused('Merge commits are not allowed on this repository.'),
  )
  repository.mergeBy('merge', 'rebase')
  repository.rule('main', { type: 'required_linear_history' })
  expect(await merge(2, { merge_method: 'merge' })).toMatchObject(
    refused('Repository rule violations found\n\nThis branch must not contain merge commits.\n\n'),
  )
  expect((await merge(2, { merge_method: 'rebase' })).status).toBe(200)
})

test('a review that is required is missing, and nobody can give one here', async () => {
  const { repository, here, create, merge } = await openPull()
  repository.requireReview('main')
  await create()
  expect((await here('/pulls/2')).json).toMatchObject({ mergeable_state: 'blocked' })
  const { status, json } = await merge(2, {})
  expect([status, (json as { message: string }).message]).toEqual([
    405,
    expect.stringContaining('At least 1 approving review is required by reviewers'),
  ])
})

test.each([
  ['as it is', (head: string) => ({ sha: head, merged: head })],
  ['by a merge', (_: string, made: string) => ({ sha: made, merged: made })],
])('one whose head is pushed to its base %s is merged', async (_, of) => {
  const { repository, here, base, head, create } = await openPull()
  await create()
  const made = repository.commit({ parents: [base, head], message: 'by hand' })
  repository.move('main', base)
  expect((await here('/pulls/2')).json).toMatchObject({ merged: false })
  const { sha, merged } = of(head, made)
  repository.move('main', sha)
  expect((await here('/pulls/2')).json).toMatchObject({
    state: 'closed',
    merged: true,
    merge_commit_sha: merged,
  })
})
