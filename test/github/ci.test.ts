import { expect, test } from 'vitest'

import { manualClock } from '../manual-clock.ts'
import { ask } from './ask.ts'
import { open } from './open.ts'

test('the combined state is pending with no status at all, and counts the newest of a context', async () => {
  const { repository, here } = await open()
  const sha = repository.push('main')
  const combined = async () => (await here(`/commits/${sha}/status`)).json
  expect(await combined()).toMatchObject({ state: 'pending', total_count: 0, statuses: [] })
  repository.status(sha, { context: 'a', state: 'failure' })
  repository.status(sha, { context: 'b', state: 'pending' })
  expect(await combined()).toMatchObject({ state: 'failure', total_count: 2 })
  repository.status(sha, { context: 'a', state: 'success' })
  repository.status(sha, { context: 'b', state: 'success' })
  expect(await combined()).toMatchObject({ state: 'success', total_count: 2 })
  expect((await here(`/commits/${sha}/statuses`)).json).toHaveLength(4)
})

test('check runs come late; a suite without runs is queued for ever', async () => {
  const { world, repository, here } = await open()
  const sha = repository.push('main')
  repository.checkSuite(sha, { app: world.app('silent') })
  const runs = async (query = '') => (await here(`/commits/${sha}/check-runs${query}`)).json
  expect(await runs()).toEqual({ total_count: 0, check_runs: [] })
  expect((await here(`/commits/${sha}/check-suites`)).json).toMatchObject({
    total_count: 1,
    check_suites: [{ status: 'queued', conclusion: null, latest_check_runs_count: 0 }],
  })
  const app = world.app('linter')
  const run = repository.checkRun(sha, { name: 'lint', app })
  run.start()
  expect(await runs()).toMatchObject({ check_runs: [{ status: 'in_progress', conclusion: null }] })
  run.finish('failure', { title: 'no', summary: 'really no' })
  expect(await runs(`?app_id=${app.id}&check_name=lint&status=completed`)).toMatchObject({
    total_count: 1,
    check_runs: [{ conclusion: 'failure', app: { slug: 'linter' }, output: { title: 'no' } }],
  })
  repository.checkRun(sha, { name: 'old', conclusion: 'stale' })
  expect(await runs()).toMatchObject({ total_count: 2 })
})

test('a run that never started has neither job nor check run', async () => {
  const { repository, here } = await open()
  const sha = repository.push('main')
  const outcome = { status: 'completed', conclusion: 'startup_failure' } as const
  repository.workflowRun(sha, { outcome })
  expect((await here(`/actions/runs?head_sha=${sha}`)).json).toMatchObject({
    total_count: 1,
    workflow_runs: [outcome],
  })
  expect((await here(`/commits/${sha}/check-runs`)).json).toMatchObject({ total_count: 0 })
  expect((await here(`/commits/${sha}/check-suites`)).json).toMatchObject({
    check_suites: [outcome],
  })
})

test('a re-run keeps the id of the run and hides the old check runs', async () => {
  const { repository, here } = await open()
  const sha = repository.push('main')
  const run = repository.workflowRun(sha, { jobs: ['test', 'lint'] })
  run.job('lint').finish('success', 'fine')
  run.job('test').finish('failure', 'not ok')
  const first = run.job('test').id
  const shown = async () => (await here(`/actions/runs/${run.id}`)).json as object satisfies object
  expect(await shown()).toMatchObject({ status: 'completed', conclusion: 'failure' })
  run.rerun('failed')
  expect(await shown()).toMatchObject({ status: 'in_progress', conclusion: null, run_attempt: 2 })
  const { json } = await here(`/commits/${sha}/check-runs`)
  expect(json).toMatchObject({ total_count: 2 })
  expect(JSON.stringify(json)).not.toContain(`"id":${first}`)
  expect((await here(`/commits/${sha}/check-runs?filter=all`)).json).toMatchObject({
    total_count: 4,
  })
  run.finish('success')
  expect(await shown()).toMatchObject({ status: 'completed', conclusion: 'success' })
  expect((await here(`/actions/runs/${run.id}/attempts/1/jobs`)).json).toMatchObject({
    jobs: [{ name: 'test', conclusion: 'failure' }, { name: 'lint' }],
  })
})

test('a log is fetched from elsewhere, within a minute, and without a token', async () => {
  const clock = manualClock(1_700_000_000_000)
  const { github, repository, token, here } = await open({ now: clock.now })
  const sha = repository.push('main')
  const run = repository.workflowRun(sha)
  const job = run.job('test')
  expect((await here(`/actions/jobs/${job.id}/logs`)).status).toBe(404)
  job.finish('failure', 'one\n\u001b[31mtwo\u001b[0m\n')
  const moved = await here(`/actions/jobs/${job.id}/logs`)
  const location = moved.headers.get('location') ?? ''
  expect(moved.status).toBe(302)
  expect(new URL(location).origin).not.toBe(github.url)
  const log = await (await fetch(location)).text()
  expect(log).toMatch(/^\S+Z one\n\S+Z .*two.*\n$/)
  expect((await ask(github, location, { token })).status).toBe(403)
  expect(github.takeProblems()).toEqual([`a token was sent to where logs are: /jobs/${job.id}`])
  const whole = await here(`/actions/runs/${run.id}/logs`)
  const zip = Buffer.from(await (await fetch(whole.headers.get('location') ?? '')).arrayBuffer())
  expect(zip.subarray(0, 4).toString('latin1')).toBe('PK\u0003\u0004')
  expect(zip.toString()).toContain('0_test.txt')
  const [nameLength, length] = [zip.readUInt16LE(26), zip.readUInt32LE(22)]
  const inside = zip.subarray(30 + nameLength, 30 + nameLength + length)
  expect(inside.toString()).toBe(`\u{feff}${log}`)
  expect(zip.readUInt32LE(14)).toBe(crcOf(inside))
  clock.advance(60_001)
  expect((await fetch(location)).status).toBe(403)
  job.forgetLog()
  expect((await here(`/actions/jobs/${job.id}/logs`)).status).toBe(410)
})

/** Bit by bit, as the format defines it. */
function crcOf(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0)
  }
  return (crc ^ 0xffffffff) >>> 0
}

test('a check run of Actions leads to its job, and has its id', async () => {
  const { repository, here } = await open()
  const sha = repository.push('main')
  const run = repository.workflowRun(sha)
  run.finish('failure', 'not ok')
  const { id } = run.job('test')
  expect((await here(`/check-runs/${id}`)).json).toMatchObject({
    details_url: `https://github.example/octo/infra/actions/runs/${run.id}/job/${id}`,
    app: { id: 15_368, slug: 'github-actions' },
  })
  expect((await here(`/actions/jobs/${id}`)).json).toMatchObject({ run_id: run.id, head_sha: sha })
  expect((await here('/actions/workflows')).json).toMatchObject({ total_count: 1 })
})

test('required checks are told by classic protection and by rulesets', async () => {
  const { repository, here } = await open()
  repository.push('main')
  expect((await here('/branches/main')).json).toMatchObject({ protected: false })
  repository.protect('main', ['lint', { context: 'test', appId: 15_368 }])
  repository.require('main', [{ context: 'deploy', appId: 7 }, 'docs'], 'Organization')
  repository.rule('main', { type: 'pull_request' })
  expect((await here('/branches/main')).json).toMatchObject({
    protected: true,
    protection: {
      required_status_checks: {
        contexts: ['lint', 'test'],
        checks: [{ app_id: null }, { app_id: 15_368 }],
      },
    },
  })
  expect((await here('/rules/branches/main')).json).toMatchObject([
    {
      type: 'required_status_checks',
      ruleset_source_type: 'Organization',
      parameters: { required_status_checks: [{ context: 'deploy', integration_id: 7 }, {}] },
    },
    { type: 'pull_request' },
  ])
  expect((await here('/branches/main/protection')).status).toBe(404)
  expect((await here('/rules/branches/afk/1')).json).toEqual([])
})

test('commits: compared, listed, and found by branch', async () => {
  const { repository, here } = await open()
  expect((await here('/commits')).status).toBe(409)
  expect((await here('/git/ref/heads/main')).status).toBe(409)
  const base = repository.push('main', { message: 'base' })
  const one = repository.push('afk/12-x', { message: 'one\n\nAFK-Run: r1' })
  const two = repository.push('afk/12-x', { message: 'two' })
  expect((await here('/compare/main...afk/12-x')).json).toMatchObject({
    status: 'ahead',
    ahead_by: 2,
    merge_base_commit: { sha: base },
    commits: [{ sha: one }, { sha: two }],
  })
  expect((await here(`/compare/${two}...${one}`)).json).toMatchObject({ status: 'behind' })
  expect((await here(`/compare/${two}...${two}`)).json).toMatchObject({ status: 'identical' })
  const main = repository.push('main')
  expect((await here(`/compare/${main}...${two}`)).json).toMatchObject({
    status: 'diverged',
    ahead_by: 2,
    behind_by: 1,
  })
  const both = repository.push('main', { parents: [main, one] })
  expect((await here(`/compare/${both}...${two}`)).json).toMatchObject({
    merge_base_commit: { sha: one },
    ahead_by: 1,
    behind_by: 2,
  })
  expect((await here('/commits?sha=afk/12-x&per_page=1')).json).toMatchObject([{ sha: two }])
  expect((await here('/git/ref/heads/afk/12-x')).json).toMatchObject({ object: { sha: two } })
  expect((await here('/git/matching-refs/heads/afk/12-')).json).toHaveLength(1)
  expect((await here('/git/ref/heads/afk')).status).toBe(404)
  expect((await here(`/commits/${'a'.repeat(40)}/check-runs`)).status).toBe(422)
  expect((await here(`/compare/main...${'a'.repeat(40)}`)).status).toBe(404)
})

test('a force-push is told by the activity, and takes a commit off its branch', async () => {
  const { repository, here } = await open()
  const base = repository.push('main')
  const lost = repository.push('main')
  repository.move('main', base)
  expect((await here('/activity?ref=refs/heads/main&per_page=1')).json).toMatchObject([
    { activity_type: 'force_push', before: lost, after: base },
  ])
  expect((await here(`/compare/main...${lost}`)).json).toMatchObject({ status: 'ahead' })
  expect((await here(`/commits/${lost}`)).status).toBe(200)
})

test('deployments, newest first, with how they went', async () => {
  const { repository, here } = await open()
  const sha = repository.push('main')
  const deployment = repository.deployment(sha)
  deployment.becomes('in_progress')
  deployment.becomes('success', 'https://app.example')
  expect((await here(`/deployments?sha=${sha}`)).json).toMatchObject([
    { id: deployment.id, environment: 'production' },
  ])
  expect((await here(`/deployments/${deployment.id}/statuses`)).json).toMatchObject([
    { state: 'success', environment_url: 'https://app.example' },
    { state: 'in_progress' },
  ])
})
