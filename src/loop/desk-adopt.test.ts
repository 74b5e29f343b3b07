/** What a person may put under the loop's watch. */
import { describe, expect, test } from 'vitest'

import { atDesk, issue, refused } from '../../test/in-memory-desk.ts'
import { inMemoryLoop } from '../../test/in-memory-loop.ts'
import type { Conversation } from '../executors/executor.ts'

const thread = 'theirs'
const theirs: Conversation = { branch: 'feature/login', place: '/srv/wt/login', turn: 'turn-9' }

function ground(conversation: Conversation | null = theirs) {
  const made = inMemoryLoop()
  if (conversation !== null) made.executor.conversations.set(thread, conversation)
  return made
}

describe('to adopt', () => {
  test('is a run in that conversation and on its branch, which asks nothing', async () => {
    const made = ground()
    const { adopt } = atDesk(made)
    expect((await adopt(issue, thread, 'ada')).type).toBe('done')
    const last = (await made.store.lastRun(issue))?.run
    expect(last).toMatchObject({ threadId: thread, branch: 'feature/login', by: 'ada' })
    expect(last).toMatchObject({ turn: { is: 'asked', visit: 'turn-9' }, continues: null })
  })

  test('needs no ready label, and an open issue', async () => {
    const made = ground()
    made.tracker.edit(42, { labels: [], isOpen: false })
    const { adopt } = atDesk(made)
    expect(await adopt(issue, thread, 'ada')).toEqual(refused('it is closed: reopen it first'))
    made.tracker.edit(42, { isOpen: true })
    expect((await adopt(issue, thread, 'ada')).type).toBe('done')
  })

  test.each([
    ['that is not there', null, 'infra has no such conversation'],
    ['in which nothing was asked', { ...theirs, turn: null }, 'nothing was asked in that'],
    ['without a branch', { ...theirs, branch: null }, 'has no branch of its own'],
    ['on the landing branch', { ...theirs, branch: 'main' }, 'has no branch of its own'],
  ])('a conversation %s is refused', async (_, conversation, why) => {
    const answer = await atDesk(ground(conversation)).adopt(issue, thread, 'ada')
    expect(answer).toMatchObject({ type: 'refused', why: expect.stringContaining(why) })
  })

  test('beside another run of the repository is refused', async () => {
    const made = ground()
    await made.queued({ id: 'run_2', issue: { repo: 'infra', number: 43 }, lineage: 'b' })
    const answer = await atDesk(made).adopt(issue, thread, 'ada')
    expect(answer).toEqual(refused('infra is busy with run_2'))
  })

  test('for what is not enrolled, or no issue, is refused', async () => {
    const { adopt } = atDesk(ground())
    const elsewhere = { repo: 'other', number: 1 }
    expect(await adopt(elsewhere, thread, 'ada')).toEqual(refused('other is not enrolled'))
    const none = { ...issue, number: 77 }
    expect(await adopt(none, thread, 'ada')).toEqual(refused('there is no issue infra#77'))
  })
})
