/**
 * Follows the node: its changes as they come, and whether it is there at all.
 *
 * A stream that breaks is taken up again by the browser, from the last change that was seen; what it cannot take up
 * is begun anew. Whenever it stands again everything is read again. A connection can die without a word, so the
 * node is also asked every twenty seconds while the page is looked at.
 */
import { heardAt, Refusal, Unreachable } from './ask.ts'
import { cell } from './cell.ts'
import { changed, isLockedOut, readAll, readNow, readStatus } from './desk.ts'
import type { Change } from './shapes.ts'

export type Link = 'connecting' | 'live' | 'lost'

export const link = cell<Link>('connecting')

const askEveryMs = 20_000
const againMs = 2_000

let stream: EventSource | undefined
let again: ReturnType<typeof setTimeout> | undefined

export function follow(): void {
  void begin()
  setInterval(() => void check(), askEveryMs)
  window.addEventListener('online', () => void check())
  // The node may be on this very machine: it is asked, and not guessed.
  window.addEventListener('offline', () => void check())
  document.addEventListener('visibilitychange', () => void lookedAt())
}

/** Also after a sign-in. */
export async function begin(): Promise<void> {
  leave()
  isLockedOut.set(false)
  const isThere = await reading(readAll)
  if (isLockedOut.get()) return
  if (isThere) open()
  else later()
}

export function leave(): void {
  clearTimeout(again)
  stream?.close()
  stream = undefined
}

function open(): void {
  stream?.close()
  const source = new EventSource('/v1/events')
  stream = source
  // What changed between the reading and now, or while it was away, was told to nobody.
  source.addEventListener('open', () => void reading(readNow))
  source.addEventListener('message', ({ data }: MessageEvent<string>) => {
    heardAt.set(Date.now())
    changed(JSON.parse(data) as Change)
  })
  source.addEventListener('error', () => {
    if (stream !== source) return
    link.set('lost')
    if (source.readyState === EventSource.CLOSED) later()
  })
}

function later(): void {
  clearTimeout(again)
  again = setTimeout(() => void begin(), againMs)
}

let lookedAwayAt: number | null = null

/** A phone lets the connections of a page die that nobody looks at. */
async function lookedAt(): Promise<void> {
  if (document.visibilityState === 'hidden') lookedAwayAt = Date.now()
  else if (lookedAwayAt !== null && Date.now() - lookedAwayAt > askEveryMs) await begin()
  else await check()
}

async function check(): Promise<void> {
  if (document.visibilityState !== 'visible' || isLockedOut.get()) return
  const wasLost = link.get() !== 'live'
  const isThere = await reading(readStatus)
  if (isLockedOut.get()) return leave()
  if (isThere && (wasLost || stream === undefined)) await begin()
}

let begun = 0
let heard = 0

/** Whether the node answered. What was begun before counts no more once it is told what was begun later. */
async function reading(work: () => Promise<void>): Promise<boolean> {
  begun += 1
  const mine = begun
  const tell = (how: Link) => {
    if (mine < heard) return
    heard = mine
    link.set(how)
  }
  try {
    await work()
    tell('live')
    return true
  } catch (error) {
    if (!(error instanceof Unreachable || error instanceof Refusal)) throw error
    tell('lost')
    return false
  }
}
