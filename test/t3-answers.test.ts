/** A person answers in T3's own window, and the loop rings once for each thing that the agent asks after that. */
import { expect, test } from 'vitest'

import type { LoopTurn } from './t3-loop-agent.ts'
import type { T3StandIn } from './t3/stand-in.ts'
import { troubles } from './t3-troubles.ts'
import { until } from './until.ts'

const minute = 60_000

test('a turn that asks for one permission after the other, and then in words, rings thrice', async () => {
  const turns = [
    async (turn: LoopTurn) => {
      await turn.askApproval('one')
      await turn.askApproval('two')
      turn.say('I wonder.\nAFK-Question: which colour?')
    },
  ]
  const { t3, file, comes, over, clock, store } = await troubles(turns)
  const asked = async (detail: string) => {
    await comes(`asks ${detail}`, (run) => run.state === 'needs-human' && run.detail === detail)
    return over()
  }
  file()
  const { threadId } = await asked('one')
  t3.people.answer(threadId, 'accept')
  await asked('two')
  t3.people.answer(threadId, 'accept')
  await asked('which colour?')
  const before = looks(t3)
  await until('its thread is looked at again and again', async () => {
    await clock.pass(minute)
    return looks(t3) > before + 10
  })
  const { rings } = await store.list({ kind: null, state: null, limit: 9, before: null })
  expect(rings).toHaveLength(3)
})

const looks = ({ requests }: T3StandIn) =>
  requests().filter(({ path }) => path.endsWith('/shell')).length
