/** All that a node keeps. */
import type { Bell } from './bell.ts'
import type { Gates } from './gates.ts'
import type { Rings } from './rings.ts'
import type { Runs } from './runs.ts'

export type Store = Rings &
  Runs &
  Bell &
  Gates & {
    /** Resolves once a write of its own is on disk; rejects with a `StoreError` where none can be. */
    proveWritable(now: number): Promise<void>

    /** Lets what waits be written, then lets go of the files. */
    close(): Promise<void>
  }
