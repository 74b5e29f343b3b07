import type { Clock } from '../clock.ts'

/** Resolves once the clock's monotonic time has come there; `wakeAt` may wake before. */
export async function elapsed(clock: Clock, monotonic: number): Promise<void> {
  for (;;) {
    const left = monotonic - clock.monotonic()
    if (left <= 0) return
    await new Promise<void>((resolve) => void clock.wakeAt(clock.now() + left, resolve))
  }
}
