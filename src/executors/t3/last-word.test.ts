import { describe, expect, test } from 'vitest'

import type { Activity, Message, Transcript } from '../../t3/transcript.ts'
import { LIMIT_DEFAULT_MS } from '../turn-end.ts'
import { approvalAsked, endOfFailed, endOfFinished, inputAsked, resetIn } from './last-word.ts'

const now = Date.UTC(2026, 10, 23, 12)

const message = (text: string, turnId = 'mine', role = 'assistant'): Message => ({
  id: text,
  role,
  text,
  turnId,
  createdAt: '',
})

const transcript = (...messages: readonly Message[]): Transcript => ({ messages, activities: [] })

const endOf = (...messages: readonly Message[]) =>
  endOfFinished(transcript(...messages), { turnId: 'mine', now })

describe('a turn that completed', () => {
  test('says the last that its agent said', () => {
    const end = endOf(message('before', 'other'), message('one'), message('two'), message(' '))
    expect(end).toEqual({ how: 'finished', said: 'two' })
  })

  test('asks, where its last line is a question of ours', () => {
    const end = endOf(message('I wonder.\nAFK-Question: which colour?'))
    expect(end).toEqual({ how: 'asking', for: 'answer', question: 'which colour?' })
  })

  test('says nothing where only an earlier turn did', () => {
    expect(endOf(message('before', 'other'))).toEqual({ how: 'finished', said: '' })
  })

  test('says the last of all where no turn is known', () => {
    const said = transcript(message('before', ''), message('last', ''), message('me', '', 'user'))
    expect(endOfFinished(said, { turnId: null, now })).toEqual({ how: 'finished', said: 'last' })
  })
})

describe('a usage limit', () => {
  test.each<[string, number]>([
    [`Claude AI usage limit reached|${now / 1000 + 3600}`, now + 3_600_000],
    ['5-hour limit reached ∙ resets 3pm', Number.NaN],
    ['You’ve hit your limit · resets 3:30 PM (Europe/Berlin)', Number.NaN],
    ['You have reached your weekly limit.', now + LIMIT_DEFAULT_MS],
    ['Claude usage limit reached. Your limit will reset later.', now + LIMIT_DEFAULT_MS],
    ['Opus weekly limit reached', now + LIMIT_DEFAULT_MS],
  ])('is what only this text says: %s', (text, until) => {
    const end = endOf(message(text))
    if (end.how !== 'limited') throw new Error(`taken for ${end.how}`)
    expect(end.until).toBeGreaterThan(now)
    expect(end.until).toBeLessThanOrEqual(now + 86_400_000)
    if (!Number.isNaN(until)) expect(end.until).toBe(until)
  })

  test.each([
    'I added a rate limit of 10 requests to the API; it answers 429 beyond that.',
    'The usage limit reached screen is translated now.',
    'Done. You hit your limit only after 100 calls.',
    `Claude usage limit reached. ${'And this is what I did so far. '.repeat(20)}`,
  ])('is not what an agent says that works on one: %s', (text) => {
    expect(endOf(message(text)).how).toBe('finished')
  })

  test('is told by an error as well', () => {
    const why = 'You’ve hit your usage limit. Visit X or try again in 2 days 3 hours.'
    expect(endOfFailed(why, now)).toEqual({ how: 'limited', until: now + 51 * 3_600_000 })
  })

  test('says when it ends, or does not', () => {
    expect(resetIn('reached|1764000000', now)).toBe(1_764_000_000_000)
    expect(resetIn('later', now)).toBeNull()
    const at = new Date(resetIn('resets at 11:59pm', now) ?? 0)
    expect([at.getHours(), at.getMinutes()]).toEqual([23, 59])
  })
})

test('an error is its first line, without what drives a terminal', () => {
  const why = `\u001b[31mno credit\u001b[0m\n    at stack (x.ts:1)\n${'x'.repeat(9999)}`
  expect(endOfFailed(why, now)).toEqual({ how: 'failed', detail: 'no credit' })
  expect(endOfFailed('', now)).toEqual({ how: 'failed', detail: 'it failed' })
})

const activity = (payload: Record<string, unknown>, detail = ''): Activity => ({
  kind: '',
  turnId: '',
  createdAt: '',
  requestId: 'r',
  detail,
  payload,
})

test('an approval is asked with what the agent wants to do', () => {
  const end = approvalAsked(activity({ requestKind: 'command' }, 'Bash: rm -rf x'))
  expect(end).toEqual({ how: 'asking', for: 'permission', question: 'Bash: rm -rf x' })
  const bare = approvalAsked(activity({ requestKind: 'file-change' }))
  expect(bare).toMatchObject({ question: 'file-change' })
})

test('a question is asked with its options', () => {
  const options = [{ label: 'pg' }, { label: 'sqlite' }, 7]
  const questions = [{ question: 'Which db?', options }, { header: 'Name' }, 'no question']
  expect(inputAsked(activity({ questions }))).toEqual({
    how: 'asking',
    for: 'answer',
    question: 'Which db? (pg / sqlite)\nName',
  })
  const nothing = inputAsked(activity({ questions: 'none' }))
  expect(nothing).toMatchObject({ question: 'it asks, and does not say what' })
})
