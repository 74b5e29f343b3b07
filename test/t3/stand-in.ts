/**
 * A strict loopback stand-in for a T3 Code server, with a scripted agent and faults to order.
 *
 * Answers over HTTP as T3 does, version by version: its statuses, its rules and their silence, its rows, and the
 * order in which a turn shows. It plays no WebSocket. A bug of its own and an agent that throws are written down in
 * `problems`, and `close` rejects if there are any; what T3 lets pass and no client should send is in `smells`.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleeping } from 'node:timers/promises'

import { orders, type Where } from '../github/faults.ts'
import type { AgentTurn } from './agent-turn.ts'
import type { Command } from './command.ts'
import type { Fault } from './faults.ts'
import { fleet, type FleetOptions } from './fleet.ts'
import { gate } from './gate.ts'
import { endLife, type FailedStart, newLife, type Provider } from './life.ts'
import { ended, listening, served } from './listening.ts'
import type { Turn, Version } from './model.ts'
import { people, type People } from './people.ts'
import { provide } from './provider.ts'
import { reap } from './reap.ts'
import { restarted, type RestartMode, usualMode } from './restart.ts'
import { answered, type ServerOptions, type T3Request } from './server.ts'
import { type Settings, usual } from './settings.ts'
import type { State } from './state.ts'
import { tokens, type Tokens } from './tokens.ts'

export type T3Options = Partial<Settings> & {
  /** Default: `0821`. */
  readonly version?: Version
  /** What the descriptor says; null: what that version's release says. */
  readonly serverVersion?: string | null
  /** Default: the system's clock. */
  readonly now?: () => number
  /** How far the server's clock is off. */
  readonly skewMs?: number
  /** Default: says "Done." and completes. */
  readonly agent?: (turn: AgentTurn) => Promise<void>
  /** Told in T3's own time; default: a fiftieth of that. */
  readonly sleep?: (ms: number) => Promise<void>
}

export type Accepted = {
  readonly at: number
  readonly command: Command
  /** Null: it concerns a project. */
  readonly thread: string | null
}

type Held = 'queued' | 'starting'

export type T3StandIn = {
  readonly url: string
  readonly environmentId: string
  /** All scopes, for 30 days. */
  readonly token: string
  readonly tokens: Tokens
  /** To be changed at any time. */
  readonly settings: Settings
  readonly people: People
  /** What was taken for the first time, oldest first; by a client, not by people. */
  commands(): readonly Accepted[]
  /** Adopted ones, oldest first. */
  turns(threadId: string): readonly Turn[]
  requests(): readonly T3Request[]
  /** How often each was answered. */
  readonly reads: { readonly shell: number; readonly snapshot: number; readonly thread: number }
  /** What T3 lets pass and no client should send. */
  smells(): readonly string[]
  readonly problems: readonly string[]
  /** Forgets them; for a test that provokes some. */
  takeProblems(): readonly string[]
  /** Turns are not started, or started and not shown, until they are released. */
  hold(at?: Held): void
  /** How many stand there. */
  held(at?: Held): number
  /** Default: both. */
  release(at?: Held): void
  /** The next start fails so. */
  failStart(how: FailedStart): void
  /** The next requests fail so: all of them, or those whose `GET /api/...` matches. */
  fail(fault: Fault, where?: Where): void
  /** From now on connections are taken and nothing is answered, as while it starts. */
  hang(): void
  /** From now on connections are reset, as where no server is. */
  down(): void
  answer(): void
  /** Dispatches are taken and nothing is done of them, until a restart; those are lost. */
  wedge(): void
  /** Default: as the version does it. `version`: what starts then. */
  restart(mode?: RestartMode, version?: Version): void
  /** Sessions that nobody used for half an hour, by the clock, end now. */
  reap(): void
  /** So many threads more, each with a turn that completed; their ids. */
  fleet(count: number, options?: FleetOptions): readonly string[]
  /** Rejects if there are problems. */
  close(): Promise<void>
}

export async function t3StandIn(options: T3Options = {}): Promise<T3StandIn> {
  const state = stateOf(options)
  const problems: string[] = []
  const failures: FailedStart[] = []
  const provider: Provider = {
    state,
    agent: options.agent ?? done,
    sleep: options.sleep ?? ((ms) => sleeping(ms / 50, undefined, { ref: false })),
    problem: (what) => void problems.push(what),
    holds: { queued: gate(), starting: gate() },
    failedStart: () => failures.shift() ?? null,
  }
  let life = newLife(provider)
  let away: Fault | null = null
  const accepted: Accepted[] = []
  const smells: string[] = []
  const faults = orders<Fault>()
  const desk: ServerOptions = {
    state,
    tokens: tokens(state.now),
    taken(command, work) {
      const thread = 'threadId' in command ? command.threadId : null
      accepted.push({ at: state.now(), command, thread })
      for (const each of work) provide(life, each)
    },
    smell: (what) => void smells.push(what),
    faults,
    away: () => away,
    requests: [],
    problem: provider.problem,
  }
  const server = served((turn, body) => void answered(desk, turn, body))
  const reads = (path: RegExp) => desk.requests.filter((each) => isRead(each, path)).length
  return {
    url: await listening(server),
    environmentId: state.environmentId,
    token: desk.tokens.issue(),
    tokens: desk.tokens,
    settings: state.settings,
    people: people(() => life),
    commands: () => accepted,
    turns: (threadId) => state.threads.get(threadId)?.turns ?? [],
    requests: () => desk.requests,
    get reads() {
      return {
        shell: reads(/\/shell$/),
        snapshot: reads(/\/snapshot$/),
        thread: reads(/threads\//),
      }
    },
    smells: () => smells,
    problems,
    takeProblems: () => problems.splice(0),
    hold: (at = 'queued') => provider.holds[at].shut(),
    held: (at = 'queued') => provider.holds[at].waiting,
    release(at) {
      for (const each of at === undefined ? (['queued', 'starting'] as const) : [at])
        provider.holds[each].open()
    },
    failStart: (how) => void failures.push(how),
    fail: (fault, where = {}) => faults.order(fault, where),
    hang: () => void (away = 'hang'),
    down: () => void (away = 'reset'),
    answer: () => void (away = null),
    wedge: () => void (life.isWedged = true),
    restart(mode = usualMode(state.version), version = state.version) {
      state.version = version
      life = restarted(life, mode)
      server.closeAllConnections()
    },
    reap: () => reap(life),
    fleet: (count, how = {}) => fleet(state, count, how),
    async close() {
      endLife(life)
      await ended(server)
      if (problems.length > 0) throw new Error(`the T3 stand-in saw:\n${problems.join('\n')}`)
    },
  }
}

async function done(turn: AgentTurn): Promise<void> {
  turn.say('Done.')
}

function stateOf(options: T3Options): State {
  const { version = '0821', serverVersion = null, now = Date.now, skewMs = 0 } = options
  const { agent: _agent, sleep: _sleep, ...chosen } = options
  return {
    version,
    serverVersion,
    settings: { ...usual(), ...chosen },
    environmentId: randomUUID(),
    now: () => now() + skewMs,
    sequence: 0,
    updatedAt: null,
    projects: new Map(),
    threads: new Map(),
    receipts: new Map(),
  }
}

function isRead({ method, path, status, type }: T3Request, pattern: RegExp): boolean {
  const isTold = status === 200 && type === 'application/json'
  return method === 'GET' && isTold && pattern.test(path.split('?')[0] ?? '')
}
