/** Waits until a condition is observed, and fails by name where it is not by the deadline. */
import { setTimeout as pause } from 'node:timers/promises'

export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  withinMs = 45_000,
): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`)
    await pause(5)
  }
}
