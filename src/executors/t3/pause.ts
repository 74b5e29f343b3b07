import type { Clock } from '../../clock.ts'

export function pause(ms: number, clock: Clock): Promise<void> {
  return new Promise((resolve) => void clock.wakeAt(clock.now() + ms, resolve))
}
