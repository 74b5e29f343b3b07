/** What was asked in a turn that a restart ended stays flagged in its thread, and is no later turn's question. */
import { expect, test } from 'vitest'

import { type T3Bench, t3Bench } from '../../../test/t3-bench.ts'
import { type AgentTurn } from '../../../test/t3/agent-turn.ts'
import { until } from '../../../test/until.ts'

const question = { id: 'Old?', header: 'h', question: 'Old?', options: [], multiSelect: false }

async function agent(turn: AgentTurn) {
  if (turn.prompt === 'question') return void (await turn.askQuestion([question]))
  await new Promise<void>((go) => turn.signal.addEventListener('abort', () => go()))
}

/** It asked, and then its server was started again. */
async function restarted(wish: Parameters<typeof t3Bench>[0]) {
  const bench = await t3Bench({ ...wish, agent })
  await bench.executor.ask(bench.order({ prompt: 'question' }))
  expect(await bench.over()).toMatchObject({ end: { question: 'Old?' } })
  bench.t3.restart('0821')
  await until('it is back', () => shown(bench).then(Boolean, () => false))
  return bench
}

const shown = (bench: T3Bench) => bench.client.freshFleet()

/** Whose thread tells each request that is open, of whatever turn. */
function fullyShown(bench: T3Bench) {
  const client = {
    ...bench.client,
    transcript: (thread: string) => bench.client.transcript(thread),
  }
  return bench.node({ client })
}

test.each(['27', '32', '0821'] as const)(
  'a turn of a person’s after it runs on, on %s',
  async (version) => {
    const bench = await restarted({ version })
    bench.t3.people.send(bench.thread, 'go on')
    await until('theirs runs', () => bench.began.length === 2)
    await shown(bench)
    const visit = bench.t3.turns(bench.thread).at(-1)!.turnId
    const order = bench.order({ run: 'run_b', continues: bench.turn.run, visit })
    const node = fullyShown(bench)
    await node.ask(order)
    expect(await node.look([order])).toMatchObject([{ type: 'running' }])
    const row = (await shown(bench)).row(bench.thread)
    expect(row).toMatchObject({ session: { status: 'running' } })
  },
)

test('a turn of ours after it is not over before T3 shows it', async () => {
  const bench = await restarted({ version: '0821' })
  bench.t3.hold('starting')
  const order = bench.order({ run: 'run_b', continues: bench.turn.run })
  const node = fullyShown(bench)
  expect(await node.ask(order)).toMatchObject({ type: 'adopted' })
  await until('it starts', async () => {
    const row = (await shown(bench)).row(bench.thread)
    return row?.session?.status === 'starting' && row.waitsFor === 'input'
  })
  expect(await node.look([order])).toMatchObject([{ type: 'running' }])
  bench.t3.release()
  await until('it runs', () => bench.began.length === 2)
  await shown(bench)
  expect(await node.look([order])).toMatchObject([{ type: 'running' }])
})
