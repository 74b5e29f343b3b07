/**
 * Waits for a store that refuses to write, for everyone who shares it.
 *
 * `run` repeats the work once a second until the store takes it: outcomes wait in memory and are not
 * lost while the process lives. It says once that the store refuses and once that it writes again.
 * Anything but a `StoreError` is a bug, and thrown. Once given up, the `StoreError` is thrown, too.
 */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { StoreError } from '../store/store-error.ts'

export type Patience = {
  run<T>(work: () => Promise<T>): Promise<T>
  isRefused(): boolean
  /** Nobody waits any longer: the node stops, and what is not written is taken up by its lease. */
  giveUp(): void
}

export const RETRY_MS = 1_000

export function patience({ clock, log }: { readonly clock: Clock; readonly log: Log }): Patience {
  let isRefused = false
  let isOver = false
  const sleepers = new Set<() => void>()

  function refused(error: unknown) {
    if (!(error instanceof StoreError) || isOver) throw error
    if (!isRefused) log({ event: 'store-refusing', detail: error.message })
    isRefused = true
  }

  function written() {
    if (isRefused) log({ event: 'store-writing' })
    isRefused = false
  }

  function sleep(): Promise<void> {
    return new Promise((resolve) => {
      const callOff = clock.wakeAt(clock.now() + RETRY_MS, wake)
      function wake() {
        callOff()
        sleepers.delete(wake)
        resolve()
      }
      sleepers.add(wake)
    })
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
          await sleep()
        }
      }
    },
    giveUp() {
      isOver = true
      for (const wake of sleepers) wake()
    },
  }
}
