/**
 * An executor whose agents do what a history says. It keeps the orders of the one in memory below it.
 *
 * A turn works, with a sign of life at each look, until the history says otherwise. What happens to an agent
 * happens to the last turn that the executor took, whatever the loop thinks of it.
 */
import type { Executor, Sight, TurnId } from '../src/executors/executor.ts'
import type { TurnEnd } from '../src/run/run.ts'
import type { History } from './history-schema.ts'
import type { Ground } from './in-memory-loop.ts'
import { minute } from './runs.ts'

type Said = NonNullable<History['steps'][number]['agent']>

type Manner =
  | { readonly is: 'working' }
  | { readonly is: 'silent'; readonly since: number }
  | { readonly is: 'over'; readonly at: number; readonly end: TurnEnd }
  | { readonly is: 'gone' }

export type HistoryExecutor = Executor & {
  says(said: Said): void
  costs(usd: number): void
}

/** `startAt`: when the history began. */
export function historyExecutor(
  { executor: below, parts }: Ground,
  startAt: number,
): HistoryExecutor {
  const { clock } = parts
  const manners = new Map<string, Manner>()
  const costs = new Map<string, number>()
  let isReachable = true
  let refusal: string | null = null
  let shown: number | null = null

  function newest(): TurnId {
    const order = below.orders.at(-1)
    if (order === undefined) throw new Error('the agent was asked no turn yet')
    return order
  }

  function sightsOf(asked: TurnId): readonly Sight[] {
    const id = { run: asked.run, turn: shown ?? asked.turn }
    const costUsd = costs.get(named(id)) ?? null
    if (!isReachable) return [{ id, costUsd: null, type: 'unreachable', detail: 'no answer' }]
    const manner = manners.get(named(id)) ?? { is: 'working' }
    switch (manner.is) {
      case 'working':
        return [{ id, costUsd, type: 'running', seenAt: clock.now() }]
      case 'silent':
        return [{ id, costUsd, type: 'running', seenAt: manner.since }]
      case 'over':
        return [{ id, costUsd, type: 'over', at: manner.at, end: manner.end }]
      case 'gone':
        return []
    }
  }

  function behaves(manner: Manner) {
    const name = named(newest())
    const { is } = manners.get(name) ?? {}
    if (is === 'over' || is === 'gone') throw new Error(`its turn is over already: ${name}`)
    manners.set(name, manner)
  }

  return {
    ...below,
    async ask(order) {
      if (!isReachable) return { type: 'unreachable', detail: 'no answer' }
      if (refusal !== null) return { type: 'refused', detail: refusal }
      return below.ask(order)
    },
    look: async (asked) => asked.flatMap(sightsOf),
    interrupt: async (turn) => isReachable && (await below.interrupt(turn)),
    costs: (usd) => void costs.set(named(newest()), usd),
    says(said) {
      const end = endOf(said, startAt)
      if (end !== null) behaves({ is: 'over', at: clock.now(), end })
      if (said.lost) behaves({ is: 'gone' })
      if (said.silent) behaves({ is: 'silent', since: clock.now() })
      if (said.works) behaves({ is: 'working' })
      if (said.works) shown = null
      if (said.showsTurn !== undefined) shown = said.showsTurn
      if (said.refuses !== undefined) refusal = said.refuses
      if (said.back) refusal = null
      if (said.unreachable || said.back) isReachable = said.back === true
    },
  }
}

const named = ({ run, turn }: TurnId) => `${run} ${turn}`

/** Null: it says nothing of an end. */
function endOf(said: Said, startAt: number): TurnEnd | null {
  const { finished, failed, asks, permission, limitedUntil } = said
  if (finished !== undefined) return { how: 'finished', said: finished }
  if (failed !== undefined) return { how: 'failed', detail: failed }
  if (asks !== undefined) return { how: 'asking', for: 'answer', question: asks }
  if (permission !== undefined) return { how: 'asking', for: 'permission', question: permission }
  if (limitedUntil !== undefined) return { how: 'limited', until: startAt + limitedUntil * minute }
  return null
}
