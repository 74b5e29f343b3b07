import { createHmac, randomUUID } from 'node:crypto'
import { describe, expect, test } from 'vitest'

import { type Bell, bell } from '../../test/bell.ts'

const secret = 'a-secret-of-a-webhook'
const commit = 'c'.repeat(40)
const repository = { full_name: 'Octo/infra' }

const signed = (body: string, by = secret) =>
  `sha256=${createHmac('sha256', by).update(body).digest('hex')}`

type Wish = { readonly signature?: string; readonly guid?: string }

function deliver(node: Bell, payload: object | string, { signature, guid }: Wish = {}) {
  const body = typeof payload === 'string' ? payload : JSON.stringify(payload)
  return node.post('/hooks/github', body, {
    'x-github-event': 'whatever',
    'x-github-delivery': guid ?? randomUUID(),
    'x-hub-signature-256': signature ?? signed(body),
    // It comes from elsewhere, through whatever is in front of the node.
    host: 'afk.example',
  })
}

const open = () =>
  bell({ hookSecrets: ['another-secret-of-one', secret], tokens: { operator: 'x' } })

describe('a delivery of GitHub', () => {
  test.each([
    ['an issue', { action: 'labeled', issue: { number: 1 } }, null],
    ['a check run', { action: 'completed', check_run: { head_sha: commit } }, commit],
    ['a check suite', { action: 'completed', check_suite: { head_sha: commit } }, commit],
    ['a workflow run', { action: 'completed', workflow_run: { head_sha: commit } }, commit],
    ['a status', { state: 'failure', sha: commit }, commit],
    ['a check of another form', { check_run: { head_sha: 7 } }, null],
  ])('of %s hastens the look at its repository', async (_, payload, at) => {
    const node = await open()
    const answer = await deliver(node, { ...payload, repository })
    expect([answer.status, await answer.json()]).toEqual([202, {}])
    expect(node.hastened).toEqual([['Octo/infra', at]])
  })

  test.each([
    ['a check run that was made', { action: 'created', check_run: { head_sha: commit } }],
    ['a workflow that has begun', { action: 'in_progress', workflow_run: { head_sha: commit } }],
    ['a status that is pending', { state: 'pending', sha: commit }],
  ])('of %s is taken, and hastens nothing', async (_, payload) => {
    const node = await open()
    expect((await deliver(node, { ...payload, repository })).status).toBe(202)
    expect(node.hastened).toEqual([])
  })

  test('as a form is read, too', async () => {
    const node = await open()
    const form = new URLSearchParams({ payload: JSON.stringify({ repository, sha: commit }) })
    await deliver(node, form.toString())
    expect(node.hastened).toEqual([['Octo/infra', commit]])
  })

  test('that comes twice counts once', async () => {
    const node = await open()
    const guid = randomUUID()
    const answers = [
      await deliver(node, { repository }, { guid }),
      await deliver(node, { repository }, { guid: guid.toUpperCase() }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([202, 202])
    expect(node.hastened).toHaveLength(1)
  })

  test.each([
    ['by another secret', (body: string) => signed(body, 'guessed')],
    ['of another body', () => signed('{}')],
    ['in another form', () => 'sha1=0'],
    ['not at all', () => ''],
  ])('that is signed %s is 401, and hastens nothing', async (_, signature) => {
    const node = await open()
    const body = JSON.stringify({ repository })
    const answer = await deliver(node, body, { signature: signature(body) })
    expect([answer.status, node.hastened]).toEqual([401, []])
  })

  test.each(['{', '[]', '"x"', '{}', '{"repository":{"full_name":7}}', 'payload=%7B'])(
    'that is signed and says nothing of use is taken: %s',
    async (body) => {
      const node = await open()
      expect((await deliver(node, body)).status).toBe(202)
      expect(node.hastened).toEqual([])
    },
  )

  test('may be larger than other bodies, and not endless', async () => {
    const node = await open()
    const large = { repository, commits: 'x'.repeat(900_000) }
    expect((await deliver(node, large)).status).toBe(202)
    const endless = { repository, commits: 'x'.repeat(1_100_000) }
    expect((await deliver(node, endless)).status).toBe(413)
    expect(node.hastened).toHaveLength(1)
  })

  test('finds nothing where no secret is configured', async () => {
    const node = await bell({ tokens: { operator: 'x' } })
    expect((await deliver(node, { repository })).status).toBe(404)
  })
})
