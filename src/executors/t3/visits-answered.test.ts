/** A turn of ours that had asked is a person's visit once exactly that was answered, and only then. */
import { describe, expect, test } from 'vitest'

import { type T3Bench, t3Bench } from '../../../test/t3-bench.ts'
import type { AgentTurn } from '../../../test/t3/agent-turn.ts'
import { until } from '../../../test/until.ts'

const said = 'I wonder.\nAFK-Question: which colour?'

/** Its turn is over, with what it asked first. */
async function asked(agent: (turn: AgentTurn) => Promise<unknown>) {
  const bench = await t3Bench({ agent: async (turn) => void (await agent(turn)) })
  await bench.executor.ask(bench.order())
  await bench.over()
  return bench
}

const visitsOf = async (bench: T3Bench, run = bench.turn.run) => {
  await bench.client.freshFleet()
  return bench.executor.visits([{ run, thread: bench.thread, since: 0 }])
}

/** As the continuation that it opens; its end. */
async function followed(bench: T3Bench, run = 'run_b') {
  await until('it is a visit', async () => (await visitsOf(bench)).length === 1)
  const [visit] = await visitsOf(bench)
  const order = bench.order({ run, continues: bench.turn.run, visit: visit!.turn })
  await bench.executor.ask(order)
  return bench.over({ run, turn: 1 })
}

const requests = async (bench: T3Bench) => {
  const { activities = [] } = (await bench.client.transcript(bench.thread)) ?? {}
  return activities.filter(({ kind }) => kind.endsWith('.requested')).length
}

const isQuiet = (bench: T3Bench) =>
  until('it is quiet', async () => {
    const row = (await bench.client.freshFleet()).row(bench.thread)
    return row?.session?.status === 'ready'
  })

describe('a turn that waits with a request', () => {
  test('is a visit once that is answered, whatever it asks next; its continuation ends with that', async () => {
    const bench = await asked(async (turn) => {
      await turn.askApproval('one')
      await turn.askApproval('two')
    })
    expect(await visitsOf(bench)).toEqual([])
    bench.t3.people.answer(bench.thread, 'accept')
    await until('it asks again', async () => (await requests(bench)) === 2)
    const end = await followed(bench)
    expect(end).toMatchObject({ end: { how: 'asking', for: 'permission', question: 'two' } })
    expect(await visitsOf(bench, 'run_b')).toEqual([])
    bench.t3.people.answer(bench.thread, 'accept')
    await until('it is one again', async () => (await visitsOf(bench, 'run_b')).length === 1)
  })

  test('is one visit, where the same turn ends with a question in words', async () => {
    const bench = await asked(async (turn) => {
      await turn.askApproval('one')
      turn.say(said)
    })
    bench.t3.people.answer(bench.thread, 'accept')
    await isQuiet(bench)
    expect(await followed(bench)).toMatchObject({ end: { question: 'which colour?' } })
    expect(await visitsOf(bench, 'run_b')).toEqual([])
    bench.t3.people.send(bench.thread, 'Red.')
    await until('an answer in words is one', async () => {
      return (await visitsOf(bench, 'run_b')).length === 1
    })
  })

  test('is one however much it has done since, of which a server lists the newest', async () => {
    const bench = await asked(async (turn) => {
      await turn.askApproval('one')
      for (let count = 0; count < 510; count += 1) turn.activity(progress)
      await new Promise<void>((go) => turn.signal.addEventListener('abort', () => go()))
    })
    bench.t3.people.answer(bench.thread, 'accept')
    await until('its request is listed no more', async () => (await requests(bench)) === 0)
    expect(await visitsOf(bench)).toMatchObject([{ isBusy: true }])
  })

  test.each([
    ['a permission', (turn: AgentTurn) => turn.askApproval('one')],
    ['a question', (turn: AgentTurn) => turn.askQuestion([question])],
  ])('for %s, and is interrupted, is none', async (_what, ask) => {
    const bench = await asked(ask)
    bench.t3.people.interrupt(bench.thread)
    await isQuiet(bench)
    expect(await visitsOf(bench)).toEqual([])
  })
})

const progress = { kind: 'task.progress', payload: {} }
const question = { id: 'Why?', header: 'h', question: 'Why?', options: [], multiSelect: false }
