/**
 * What cannot be asked or understood, told once until it changes or is well again.
 *
 * A remote that is down for an hour is one line of the log, and not one for each look.
 */
import type { LoopEvent, Tell } from './tell.ts'

export type Faults = {
  /** `key`: what it is about. */
  failed(key: string, event: Faulty): void
  well(key: string): void
}

type Faulty = LoopEvent & { readonly detail: string }

export function faults(tell: Tell): Faults {
  const told = new Map<string, string>()
  return {
    failed(key, event) {
      if (told.get(key) === event.detail) return
      told.set(key, event.detail)
      tell(event)
    },
    well: (key) => void told.delete(key),
  }
}

export function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
