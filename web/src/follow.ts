/**
 * Follows the node: its changes as they come, and whether it is there at all.
 *
 * The page is live while the stream of changes says so: it speaks every 15 seconds. A stream that breaks, that says
 * nothing for longer, or that something on the way keeps back is begun anew, and with it everything is read again.
 * Whatever the node leaves unanswered, also what a person asked, says that it is away. A page that is hidden lets its
 * stream go, unless it is its turn; it asks how things stand, and begins anew when somebody looks.
 */
import { answers, heardAt, Refusal, Unreachable } from './ask.ts'
import { cell } from './cell.ts'
import { changed, isLockedOut, readAll, readNow, readStatus } from './desk.ts'
import { hiddenTurn } from './hidden-turn.ts'
import type { Change } from './shapes.ts'

/** Lost: the node does not answer. Connecting: it does, but what happens there does not come by itself. */
export type Link = 'connecting' | 'live' | 'lost'

export const link = cell<Link>('connecting')

const askEveryMs = 20_000
const againMs = 2_000
/** Of three words of the stream two may be late. */
const silenceMs = 35_000

let stream: EventSource | undefined
let isLive = false
/** When everything is begun anew, unless something comes before. */
let again: ReturnType<typeof setTimeout> | undefined

export function follow(): void {
  answers.watch(told)
  lookedAt()
  setInterval(() => void check(), askEveryMs)
  window.addEventListener('online', () => void check())
  // The node may be on this very machine: it is asked, and not guessed.
  window.addEventListener('offline', () => void check())
  document.addEventListener('visibilitychange', lookedAt)
}

/** Also after a sign-in. */
export async function begin(): Promise<void> {
  leave()
  const isThere = await reading(readAll)
  if (isLockedOut.get() || !mayFollow()) return
  if (isThere) open()
  else beginIn(againMs)
}

export function leave(): void {
  clearTimeout(again)
  stream?.close()
  stream = undefined
  isLive = false
  told()
}

function open(): void {
  leave()
  const source = new EventSource('/v1/events')
  stream = source
  beginIn(silenceMs)
  // What changed between the reading and now was told to nobody.
  source.addEventListener('open', () => {
    void reading(readNow).then((isRead) => isRead || beginAfter(source))
  })
  source.addEventListener('alive', heard)
  source.addEventListener('message', ({ data }: MessageEvent<string>) => {
    heard()
    changed(JSON.parse(data) as Change)
  })
  source.addEventListener('error', () => {
    if (stream === source) answers.set(false)
    beginAfter(source)
  })
}

function beginAfter(source: EventSource): void {
  if (stream !== source) return
  leave()
  beginIn(againMs)
}

function heard(): void {
  heardAt.set(Date.now())
  // What was not answered may have been what the page shows.
  if (answers.get() === false) return void begin()
  beginIn(silenceMs)
  isLive = true
  told()
}

function told(): void {
  if (answers.get() === false) link.set('lost')
  else link.set(isLive ? 'live' : 'connecting')
}

function beginIn(ms: number): void {
  clearTimeout(again)
  again = setTimeout(() => void begin(), ms)
}

let hidden = new AbortController()
let isMyTurn = false

function mayFollow(): boolean {
  return document.visibilityState === 'visible' || isMyTurn
}

function lookedAt(): void {
  hidden.abort()
  isMyTurn = false
  void begin()
  if (document.visibilityState === 'visible') return
  hidden = new AbortController()
  void hiddenTurn(hidden.signal, () => {
    isMyTurn = true
    void begin()
  })
}

async function check(): Promise<void> {
  if (isLockedOut.get()) return
  const wasLive = link.get() === 'live'
  const isThere = await reading(readStatus)
  if (isLockedOut.get()) return leave()
  if (isThere && !wasLive && mayFollow()) await begin()
}

/** Whether the node answered as it should. */
async function reading(work: () => Promise<void>): Promise<boolean> {
  try {
    await work()
    return true
  } catch (error) {
    if (!(error instanceof Unreachable || error instanceof Refusal)) throw error
    return false
  }
}
