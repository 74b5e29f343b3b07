/** A run as it was last read or moved, and how to tell of it. */
import type { Clock } from '../clock.ts'
import type { RunEvent } from '../run/event.ts'
import type { In } from '../run/run.ts'
import type { StoredRun } from '../store/runs.ts'
import type { Driver } from './driver.ts'

export type Happening = RunEvent extends infer E
  ? E extends unknown
    ? Omit<E, 'at'>
    : never
  : never

export type Watched = {
  stored: StoredRun
  /** Moves it. */
  readonly tell: (event: Happening, at?: number) => Promise<void>
}

export type WatchedParts = { readonly driver: Driver; readonly clock: Clock }

export function watched(stored: StoredRun, { driver, clock }: WatchedParts): Watched {
  const watching: Watched = {
    stored,
    async tell(event, at = clock.now()) {
      const moved = await driver.advance(watching.stored, { ...event, at } as RunEvent)
      watching.stored = moved ?? watching.stored
    },
  }
  return watching
}

/** Null: it has not begun, or has ended. */
export function liveOf({ stored: { run } }: Watched): In<'live'> | null {
  return run.state === 'live' ? run : null
}
