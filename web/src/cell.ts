/** A value that is watched: whoever reads it in a component is drawn again when it is another one. */
import { useEffect, useState } from 'preact/hooks'

export type Cell<T> = {
  get(): T
  set(next: T): void
  /** Returns how to watch no longer. */
  watch(told: () => void): () => void
}

export function cell<T>(first: T): Cell<T> {
  const watchers = new Set<() => void>()
  let value = first
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return
      value = next
      for (const told of watchers) told()
    },
    watch(told) {
      watchers.add(told)
      return () => void watchers.delete(told)
    },
  }
}

/** Sets what was read again, unless it is the same: then nothing is drawn anew. */
export function renew<T>(held: Cell<T>, next: T): void {
  if (JSON.stringify(held.get()) !== JSON.stringify(next)) held.set(next)
}

export function useCell<T>(watched: Cell<T>): T {
  const [, draw] = useState({})
  const drawn = watched.get()
  useEffect(() => {
    const told = () => draw({})
    // It may have changed between the drawing and now.
    if (!Object.is(drawn, watched.get())) told()
    return watched.watch(told)
  }, [watched])
  return drawn
}
