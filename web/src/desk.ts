/**
 * What the page knows, and how it comes to know it: read at first, and again where a change says so.
 *
 * A ring that changed is read by itself; where many changed at once, the lists are read instead, as far as they are
 * shown. Nothing is guessed: what is shown is what the node answered last. A ring that has come since is announced.
 */
import { isLockedOut, read, Refusal, Unreachable } from './ask.ts'
import { cell, renew } from './cell.ts'
import { inTurn, inTurnEvery, queue } from './in-turn.ts'
import { announce } from './news.ts'
import { isOpen, newestOf, type RingLists, withPage, withRing } from './ring-lists.ts'
import type {
  BellFacts,
  Change,
  ListedRing,
  ListedRun,
  Ring,
  RingPage,
  RunPage,
  Session,
  Status,
} from './shapes.ts'

export { isLockedOut }

export type RunList = { readonly runs: readonly ListedRun[]; readonly next: string | null }

export const session = cell<Session | null>(null)
export const status = cell<Status | null>(null)
export const rings = cell<RingLists | null>(null)
export const running = cell<RunList | null>(null)
export const ended = cell<RunList | null>(null)
export const bell = cell<BellFacts | null>(null)
/** Given up, and neither heard nor sent again. */
export const dead = cell<RingPage | null>(null)
/** How often each was told to have changed, by its id: who shows one reads it again. */
export const versions = cell<ReadonlyMap<string, number>>(new Map())

const firstPage = 20
const manyAtOnce = 8
/** What the node gives at once. */
const largestPage = 200

/** As much as is shown: what was read further down stays there, and nothing between is left out. */
const lengthOf = (shown: number, first: number) => Math.min(largestPage, Math.max(first, shown))

const ringsInTurn = queue()
const endedInTurn = queue()

/** Throws what asking throws. */
export async function readAll(): Promise<void> {
  const asked = guarded(async () => session.set(await read<Session>('/v1/session')))
  await Promise.all([asked, readNow()])
}

/** All that may have changed meanwhile. */
export async function readNow(): Promise<void> {
  await Promise.all([
    readStatus(),
    readRings(),
    readRunning(),
    ended.get() === null ? undefined : readEnded(),
    bell.get() === null ? undefined : readBell(),
  ])
  touchAll()
}

/** Who is refused for want of a session is shown where to sign in. */
async function guarded(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof Refusal) || error.status !== 401) throw error
    isLockedOut.set(true)
  }
}

export const readStatus = inTurn(() =>
  guarded(async () => {
    renew(status, await read<Status>('/v1/status'))
    isLockedOut.set(false)
  }),
)

const readRings = inTurn(() =>
  ringsInTurn(() =>
    guarded(async () => {
      const held = rings.get()
      const known = idsOf(held)
      const came = [...waiting].filter((id) => !known.has(id)).length
      waiting.clear()
      const lengthNow = (state: 'open' | 'quiet', first: number) =>
        lengthOf((held?.[state].rings.length ?? 0) + came, first)
      const newest = held === null ? null : newestOf(held)
      const [open, quiet] = await Promise.all([
        readList('open', lengthNow('open', firstPage / 2), { newest, held }),
        readList('quiet', lengthNow('quiet', firstPage), { newest, held }),
      ])
      renew(rings, { open, quiet })
      if (held !== null) tellNews(known, [...open.rings, ...quiet.rings])
    }),
  ),
)

type Known = { readonly newest: string | null; readonly held: RingLists | null }

/**
 * Down to the newest that was known, so that all that has come since is in it, and to the oldest that is shown, however
 * many came while it was read. Null: nothing was known.
 */
async function readList(state: 'open' | 'quiet', limit: number, known: Known): Promise<RingPage> {
  const page = await read<RingPage>(`/v1/rings?state=${state}&limit=${limit}`)
  const last = page.rings.at(-1)?.id ?? ''
  const missing = known.held?.[state].rings.filter(({ id }) => id < last).length ?? 0
  const isWhole = missing === 0 && (known.newest === null || last <= known.newest)
  if (isWhole || page.next === null || limit === largestPage) return page
  return readList(state, lengthOf(missing === 0 ? 2 * limit : limit + missing, 0), known)
}

const idsOf = (lists: RingLists | null): ReadonlySet<string> =>
  new Set([...(lists?.open.rings ?? []), ...(lists?.quiet.rings ?? [])].map(({ id }) => id))

function tellNews(known: ReadonlySet<string>, read: readonly ListedRing[]): void {
  for (const ring of read.toReversed()) if (!known.has(ring.id)) announce(ring, isOpen(ring))
}

export const readRunning = inTurn(() =>
  guarded(async () => renew(running, await read<RunPage>('/v1/runs?live=true&limit=200'))),
)

export const readEnded = inTurn(() =>
  endedInTurn(() =>
    guarded(async () => {
      const limit = lengthOf(ended.get()?.runs.length ?? 0, firstPage)
      renew(ended, await read<RunPage>(`/v1/runs?live=false&limit=${limit}`))
    }),
  ),
)

export const readBell = inTurn(() =>
  guarded(async () => {
    const [facts, given] = await Promise.all([
      read<BellFacts>('/v1/bell'),
      read<RingPage>(`/v1/rings?state=dead&limit=${firstPage}`),
    ])
    renew(bell, facts)
    renew(dead, given)
  }),
)

export const readMoreRings = (which: 'open' | 'quiet') =>
  ringsInTurn(async () => {
    const held = rings.get()
    if (!held?.[which].next) return
    const path = `/v1/rings?state=${which}&limit=${2 * firstPage}&cursor=${held[which].next}`
    rings.set({ ...held, [which]: withPage(held[which], await read<RingPage>(path)) })
  })

export const readMoreRuns = () =>
  endedInTurn(async () => {
    const held = ended.get()
    if (!held?.next) return
    const path = `/v1/runs?live=false&limit=${2 * firstPage}&cursor=${held.next}`
    const page = await read<RunPage>(path)
    ended.set({ runs: [...held.runs, ...page.runs], next: page.next })
  })

/** Reads again what changed. A failure is told by whoever follows the node. */
export function changed(change: Change): void {
  switch (change.type) {
    case 'ring':
      return ringChanged(change.id)
    case 'delivery':
      return ringChanged(change.ring)
    case 'channel':
      return soon.status()
    case 'run':
      touch(change.id)
      return soon.runs()
    case 'loop':
      touchAll()
      soon.status()
      return soon.runs()
    case 'resync':
      return quietly(readNow())
  }
}

/** What counts, and may be a moment late. */
const soon = {
  status: inTurnEvery(300, () => settled(readStatus())),
  bell: inTurnEvery(2_000, () => settled(readBell())),
  runs: inTurnEvery(500, () =>
    settled(Promise.all([readRunning(), ended.get() === null ? undefined : readEnded()])),
  ),
}

const waiting = new Set<string>()

function ringChanged(id: string): void {
  waiting.add(id)
  touch(id)
  quietly(readWaiting())
  soon.status()
  if (bell.get() !== null) soon.bell()
}

const readWaiting = inTurn(async () => {
  while (waiting.size > 0) {
    if (waiting.size > manyAtOnce) {
      await readRings()
      // They come faster than anybody reads.
      await new Promise((resolve) => setTimeout(resolve, 250))
    } else await ringsInTurn(() => guarded(readFew))
  }
})

async function readFew(): Promise<void> {
  const ids = [...waiting]
  waiting.clear()
  await Promise.all(ids.map(readRing))
}

async function readRing(id: string): Promise<void> {
  const ring = await read<Ring>(`/v1/rings/${encodeURIComponent(id)}`)
  const now = rings.get()
  if (now === null) return
  rings.set(withRing(now, ring))
  tellNews(idsOf(now), [ring])
}

function touch(id: string): void {
  const count = versions.get().get(id)
  // Nobody shows it.
  if (count === undefined) return
  versions.set(new Map(versions.get()).set(id, count + 1))
}

function touchAll(): void {
  versions.set(new Map([...versions.get()].map(([id, count]) => [id, count + 1])))
}

/** Where it does not matter whether it could be read. */
export async function settled(work: Promise<unknown>): Promise<void> {
  try {
    await work
  } catch (error) {
    if (!(error instanceof Unreachable || error instanceof Refusal)) throw error
  }
}

/** What fails is told by whoever follows the node. */
export function quietly(work: Promise<unknown>): void {
  void settled(work)
}
