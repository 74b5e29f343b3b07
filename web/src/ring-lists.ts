/**
 * The two lists of rings that the page holds: those that are open, and all others. Newest first, each as far as it
 * was read. Pure.
 *
 * A ring is in one of them, by what it is now. What is older than all that was read waits for its page.
 */
import type { ListedRing, RingPage } from './shapes.ts'

export type RingList = {
  readonly rings: readonly ListedRing[]
  /** Where the next page begins; null: there is none. */
  readonly next: string | null
}

export type RingLists = { readonly open: RingList; readonly quiet: RingList }

export function isOpen({ kind, acknowledged }: ListedRing): boolean {
  return kind !== 'done' && acknowledged === null
}

/** Ids sort by time. Empty: there is none. */
export function newestOf({ open, quiet }: RingLists): string {
  const [one = '', other = ''] = [open.rings[0]?.id, quiet.rings[0]?.id]
  return one > other ? one : other
}

export function withRing({ open, quiet }: RingLists, ring: ListedRing): RingLists {
  const [mine, other] = isOpen(ring) ? [open, quiet] : [quiet, open]
  const [now, left] = [placed(mine, ring), without(other, ring.id)]
  return isOpen(ring) ? { open: now, quiet: left } : { open: left, quiet: now }
}

export function withPage({ rings }: RingList, page: RingPage): RingList {
  const known = new Set(rings.map(({ id }) => id))
  return {
    rings: [...rings, ...page.rings.filter(({ id }) => !known.has(id))],
    next: page.next,
  }
}

function without({ rings, next }: RingList, id: string): RingList {
  const left = rings.filter((each) => each.id !== id)
  return { rings: left.length === rings.length ? rings : left, next }
}

function placed(list: RingList, ring: ListedRing): RingList {
  const rings = without(list, ring.id).rings
  const at = rings.findIndex(({ id }) => id < ring.id)
  const isShown = list.next === null || rings !== list.rings
  if (at === -1) return isShown ? { ...list, rings: [...rings, ring] } : list
  return { rings: [...rings.slice(0, at), ring, ...rings.slice(at)], next: list.next }
}
