/** Tells SQLite's errors apart: https://www.sqlite.org/rescode.html */
import { StoreError } from '../store-error.ts'

export const SQLITE = {
  busy: 5,
  locked: 6,
  noMemory: 7,
  readOnly: 8,
  ioError: 10,
  corrupt: 11,
  full: 13,
  cannotOpen: 14,
  notADatabase: 26,
} as const

/** The lower eight bits of an extended code; undefined if SQLite did not throw this. */
export function primaryCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined
}

/** The error if it is about the store as a whole, not about the one unit that met it. */
export function storeFault(error: unknown): StoreError | undefined {
  const code = primaryCode(error)
  if (code === undefined || !storeWide.has(code)) return undefined
  return new StoreError('refusing', `the store refuses to write: ${reason(code)}`, { cause: error })
}

/** What a store that could not be opened is to its caller. */
export function openFault(error: unknown): unknown {
  if (primaryCode(error) !== SQLITE.notADatabase) return storeFault(error) ?? error
  const message = 'the file is no database: configure another'
  return new StoreError('unreadable', message, { cause: error })
}

const storeWide = new Set<number>(Object.values(SQLITE))

function reason(code: number): string {
  switch (code) {
    case SQLITE.full:
      return 'the disk is full; make space, nothing else is needed'
    case SQLITE.readOnly:
      return 'it is read-only; make the file and its folder writable'
    case SQLITE.cannotOpen:
      return 'it cannot be opened; make the file and its folder writable'
    case SQLITE.corrupt:
    case SQLITE.notADatabase:
      return 'the file is damaged; restore a backup'
    default:
      return `the disk does not take it (SQLite error ${code})`
  }
}
