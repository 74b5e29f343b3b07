/**
 * An executor in memory: it keeps to its port, and its agents do what a test says.
 *
 * A turn that it was asked runs, and gives a sign of life at each look, until the test says otherwise.
 */
import type { Clock } from '../src/clock.ts'
import type {
  Conversation,
  Asked,
  Executor,
  Order,
  Sight,
  Tidied,
  TurnId,
  Visit,
} from '../src/executors/executor.ts'
import type { Calls } from './in-memory-calls.ts'

export type InMemoryExecutor = Executor & {
  /** All that it was asked, also again. */
  readonly orders: Order[]
  /** All turns that it was told to end. */
  readonly interrupted: TurnId[]
  /** What it answers instead of taking a turn; undefined: it takes it. */
  answer: Asked | undefined
  /** What it says of letting go; undefined: that it did, with nothing left. */
  tidied: Tidied | undefined
  /** What people did in its conversations. */
  readonly conversations: Map<string, Conversation>
  visited: readonly Visit[]
  /** Its agents cannot be ended. */
  isStubborn: boolean
  /** Whether an agent works on it. */
  isAlive(turn: TurnId): boolean
  /** What every look says of this turn from now on. */
  shows(turn: TurnId, sight: Seen): void
  /** Calls back whoever watches; says how many do. */
  wake(turn: TurnId): number
}

type Seen = Sight extends infer S
  ? S extends unknown
    ? Omit<S, 'id' | 'costUsd'> & { readonly costUsd?: number }
    : never
  : never

/** The landing branch's newest commit before anything landed. */
export const base = 'b'.repeat(40)

export const placeOf = (run: string) => `/places/${run}`

export function inMemoryExecutor({ called }: Calls, clock: Clock): InMemoryExecutor {
  const turns = new Map<string, Seen | 'alive'>()
  const watchers = new Set<(turn: TurnId) => void>()
  const named = ({ run, turn }: TurnId) => `${run} ${turn}`

  function sightOf(id: TurnId): readonly Sight[] {
    const seen = turns.get(named(id))
    if (seen === undefined) return []
    if (seen === 'alive') return [{ id, costUsd: null, type: 'running', seenAt: clock.now() }]
    return [{ costUsd: null, ...seen, id }]
  }

  const executor: InMemoryExecutor = {
    orders: [],
    interrupted: [],
    answer: undefined,
    tidied: undefined,
    visited: [],
    conversations: new Map(),
    isStubborn: false,
    isAlive: (turn) => turns.get(named(turn)) === 'alive',
    shows: (turn, sight) => void turns.set(named(turn), sight),
    wake(turn) {
      for (const each of watchers) each(turn)
      return watchers.size
    },
    async ask(order) {
      await called('executor ask')
      executor.orders.push(order)
      if (executor.answer !== undefined) return executor.answer
      // One that was ended on its way never begins.
      if (!turns.has(named(order))) turns.set(named(order), 'alive')
      const { thread } = order
      return {
        type: 'adopted',
        place: placeOf(order.continues ?? order.run),
        environment: null,
        thread,
      }
    },
    async look(asked) {
      const sights = asked.flatMap(sightOf)
      await called('executor look')
      return sights
    },
    async interrupt(turn) {
      await called('executor interrupt')
      executor.interrupted.push(turn)
      if (executor.isStubborn) return false
      const isOnItsWay = !turns.has(named(turn))
      if (isOnItsWay || executor.isAlive(turn)) executor.shows(turn, interruptedAt(clock.now()))
      return true
    },
    async tidy() {
      await called('executor tidy')
      return executor.tidied ?? { type: 'removed', left: [] }
    },
    find: async (thread) => executor.conversations.get(thread) ?? null,
    visits: async (runs) =>
      executor.visited.filter(({ run }) => runs.some((each) => each.run === run)),
    places: async () => [],
    check: async () => [],
    forget: async () => {},
    watch(wake) {
      watchers.add(wake)
      return () => void watchers.delete(wake)
    },
  }
  return executor
}

const interruptedAt = (at: number): Seen => {
  return { type: 'over', at, end: { how: 'failed', detail: 'interrupted' } }
}
