/**
 * Waits for a store that refuses to write, for everyone who shares it.
 *
 * `run` repeats the work once a second until the store takes it: outcomes wait in memory and are not
 * lost while the process lives. It says once that the store refuses and once that it writes again.
 * Anything but a `StoreError` is a bug, and thrown.
 */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { StoreError } from '../store/store-error.ts'

export type Patience = {
  run<T>(work: () => Promise<T>): Promise<T>
  isRefused(): boolean
}

export const RETRY_MS = 1_000

export function patience({ clock, log }: { readonly clock: Clock; readonly log: Log }): Patience {
  let isRefused = false

  function refused(error: unknown) {
    if (!(error instanceof StoreError)) throw error
    if (!isRefused) log({ event: 'store-refusing', detail: error.message })
    isRefused = true
  }

  function written() {
    if (isRefused) log({ event: 'store-writing' })
    isRefused = false
  }

  return {
    isRefused: () => isRefused,
    async run(work) {
      for (;;) {
        try {
          const result = await work()
          written()
          return result
        } catch (error) {
          refused(error)
          await new Promise<void>((resolve) => clock.wakeAt(clock.now() + RETRY_MS, resolve))
        }
      }
    },
  }
}
