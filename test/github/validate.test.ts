import { expect, test } from 'vitest'

import { open } from './open.ts'
import { checkAnswer, checkBody, checkDefinition } from './validate.ts'

type Bag = Record<string, unknown>

test('what the stand-in answers is valid, and without any one of its keys it is not', async () => {
  const { repository, here } = await open()
  repository.issue({ labels: ['ready'] })
  const issue = (await here('/issues/1')).json as Bag
  expect(checkAnswer('issues/get', 200, issue)).toEqual([])
  const needed = ['id', 'number', 'title', 'user', 'labels', 'state', 'locked', 'updated_at']
  for (const key of needed) {
    const { [key]: _, ...less } = issue
    expect(checkAnswer('issues/get', 200, less)).toEqual([`/ must have required property '${key}'`])
  }
  expect(checkAnswer('issues/get', 200, { ...issue, updated_at: 'today' })).toHaveLength(1)
  expect(checkAnswer('issues/get', 200, { ...issue, html_url: 'nowhere' })).toHaveLength(1)
  expect(checkAnswer('issues/get', 200, { ...issue, id: 1.5 })).not.toEqual([])
})

test('an event that is relied on is checked as what it is', async () => {
  const { repository, here } = await open()
  repository.issue({ labels: ['ready'] })
  const [event] = (await here('/issues/1/events')).json as [Bag]
  expect(checkDefinition('labeled-issue-event', event)).toEqual([])
  const { label: _, ...less } = event
  expect(checkAnswer('issues/list-events', 200, [less])).toEqual([
    "/0 as labeled-issue-event: / must have required property 'label'",
  ])
  expect(checkAnswer('issues/list-events', 200, [{ ...event, actor: null }])).toEqual([])
  expect(checkAnswer('issues/list-events', 200, [{ ...event, actor: 7 }])).not.toEqual([])
})

test('a check run may be stale, and nothing that nobody knows', async () => {
  const { repository, here } = await open()
  const sha = repository.push('main')
  const run = repository.checkRun(sha, { conclusion: 'stale' })
  const told = (await here(`/check-runs/${run.id}`)).json as Bag
  expect(checkAnswer('checks/get', 200, told)).toEqual([])
  expect(checkAnswer('checks/get', 200, { ...told, conclusion: 'great' })).not.toEqual([])
})

test('errors have the shape of errors, and a success that is not listed is none', () => {
  const error = { message: 'no', documentation_url: 'https://docs.github.example' }
  expect(checkAnswer('issues/add-labels', 403, error)).toEqual([])
  expect(checkAnswer('issues/add-labels', 403, { message: 7 })).not.toEqual([])
  expect(checkAnswer('issues/create', 422, { ...error, errors: [{}] })).not.toEqual([])
  expect(checkAnswer('issues/get', 202, {})).toEqual(['/ issues/get has no answer 202'])
  expect(() => checkAnswer('issues/none', 200, {})).toThrow('no operation issues/none')
  expect(() => checkDefinition('none', {})).toThrow('no definition none')
})

test('a request’s body is checked, whether the schema is GitHub’s or ours', () => {
  expect(checkBody('issues/update', { state: 'closed', state_reason: 'completed' })).toEqual([])
  expect(checkBody('issues/update', { state: 'shut' })).not.toEqual([])
  expect(checkBody('pulls/merge', { sha: 'a', merge_method: 'octopus' })).not.toEqual([])
  expect(checkBody('issues/remove-label', undefined)).toEqual([])
  expect(checkBody('issues/remove-label', {})).not.toEqual([])
})
