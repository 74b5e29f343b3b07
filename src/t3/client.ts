/**
 * The API of one T3 Code server, shared by all repositories whose agents it runs.
 *
 * One read shows all threads, to all who ask within two seconds of it; a command that was sent makes the next
 * asker read anew. The token is read for each request, and once more where it is refused. What cannot be read is
 * a `T3Error`, what became of a command a union; the token is in neither. A server of another API generation is
 * `unsupported`, whatever is asked of it, and is tried again once a minute.
 *
 * @example
 * const client = t3Client({ url: 'http://127.0.0.1:3773', token: () => readSecret(), clock: systemClock })
 * const row = (await client.fleet()).row(threadId)
 */
import type { Clock } from '../clock.ts'
import { object } from '../fields.ts'
import { type Ask, asking, heard, read } from './asking.ts'
import type { Command } from './commands.ts'
import { type Environment, environmentIn, type Session, sessionIn } from './environment.ts'
import { type Fleet, fleetIn } from './fleet.ts'
import { ANOTHER_GENERATION, dispatched, type Dispatched } from './meaning.ts'
import { reused } from './reused.ts'
import { T3Error } from './t3-error.ts'
import { type Transcript, transcriptIn } from './transcript.ts'
import { tripwire } from './tripwire.ts'
import { isAtLeast, WITH_PAGES, WITH_SHELL } from './version.ts'
import { type Wedge, wedge } from './wedge.ts'
import { LONGEST_MS, wire } from './wire.ts'

export type T3Options = {
  /** `http://127.0.0.1:3773`, or with a path where a proxy has it below one. */
  readonly url: string
  /** With `orchestration:read` and `orchestration:operate`. */
  readonly token: () => string
  readonly clock: Clock
  /** For one answer, whole. Default, and at most, 5,000. */
  readonly timeoutMs?: number
  /** For how long one read of all threads is given to whoever asks. Default 2,000. */
  readonly reuseMs?: number
}

export type T3Client = {
  /** All projects and threads. @throws {T3Error} as all of these do. */
  fleet(): Promise<Fleet>
  /** The same, read after this call. */
  freshFleet(): Promise<Fleet>
  /** With threads that were put away. It is large. */
  everything(): Promise<Fleet>
  /** What was said in a thread; `newest`: only its last turn, where the server can. Null: it is put away, or gone. */
  transcript(threadId: string, how?: { readonly newest: boolean }): Promise<Transcript | null>
  environment(): Promise<Environment>
  session(): Promise<Session>
  dispatch(command: Command): Promise<Dispatched>
  /** Whether the server takes messages and runs none. */
  readonly wedge: Wedge
  close(): Promise<void>
}

const REUSE_MS = 2_000
/** A server may be upgraded at any time. */
const DESCRIBED_MS = 300_000

const SNAPSHOT = '/api/orchestration/snapshot'

export function t3Client(options: T3Options): T3Client {
  const { url, token, clock, timeoutMs = LONGEST_MS, reuseMs = REUSE_MS } = options
  const far = wire(url, timeoutMs)
  const nobody: Ask = (asked) => far.ask({ ...asked, token: null })
  const ask = asking(far.ask, token)
  const trip = tripwire(clock)
  const described = reused(
    async () => environmentIn(await read('/.well-known/t3/environment', nobody)),
    clock,
    DESCRIBED_MS,
  )

  async function list(): Promise<Fleet> {
    const { version } = await described.get()
    if (!isAtLeast(version, WITH_SHELL)) return fleetIn(await read(SNAPSHOT, ask))
    const answer = await heard('/api/orchestration/shell', ask)
    // A server that tells another version than it is: an unreleased one tells the one before.
    return fleetIn(answer === 'unknown-path' ? await read(SNAPSHOT, ask) : answer?.value)
  }
  const fleets = reused(
    async () => {
      try {
        return await trip.watching(list)
      } catch (error) {
        // It may be another when it is back.
        described.drop()
        throw error
      }
    },
    clock,
    reuseMs,
  )

  const client: T3Client = {
    fleet: fleets.get,
    freshFleet() {
      fleets.drop()
      return fleets.get()
    },
    everything: () => trip.watching(async () => fleetIn(await read(SNAPSHOT, ask))),
    transcript: (threadId, { newest } = { newest: false }) =>
      trip.watching(async () => {
        const { version } = await described.get()
        if (isAtLeast(version, WITH_SHELL))
          return threadAt(threadId, newest && isAtLeast(version, WITH_PAGES), ask)
        const fleet = await client.fleet()
        return fleet.row(threadId) && fleet.transcript(threadId)
      }),
    environment: described.get,
    session: async () => sessionIn(await read('/api/auth/session', ask)),
    async dispatch(command) {
      if (trip.isTripped()) return { type: 'unsupported', why: ANOTHER_GENERATION }
      const sent = await send(command, ask)
      if (sent.type === 'unsupported') trip.trip()
      fleets.drop()
      return sent
    },
    wedge: wedge(clock),
    close: far.close,
  }
  return client
}

async function send(command: Command, ask: Ask): Promise<Dispatched> {
  try {
    const path = '/api/orchestration/dispatch'
    return dispatched(await ask({ method: 'POST', path, body: command }))
  } catch (error) {
    if (!(error instanceof T3Error)) throw error
    const type = error.code === 'unreachable' ? 'unknown' : error.code
    return { type, why: error.message }
  }
}

async function threadAt(id: string, isNewest: boolean, ask: Ask): Promise<Transcript | null> {
  const page = isNewest ? '?turnLimit=1' : ''
  const path = `/api/orchestration/threads/${encodeURIComponent(id)}`
  const answer = await heard(path + page, ask)
  // Each known server knows it: somebody before the server answers.
  if (answer === 'unknown-path')
    throw new T3Error(
      'unreachable',
      `no T3 Code server answered GET ${path}: is a proxy before it?`,
    )
  return answer && transcriptIn(threadOf(answer.value))
}

function threadOf(value: unknown): unknown {
  const { schemaVersion, thread } = object(value)
  if (schemaVersion === undefined && 'session' in object(thread)) return thread
  throw new T3Error('unsupported', ANOTHER_GENERATION)
}
