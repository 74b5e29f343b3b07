/** Time in the stand-in that stands still at one of its delays until a test lets it go on; all others take none. */
import { gate } from './gate.ts'
import { usual } from './settings.ts'

export type Pace = {
  readonly sleep: (ms: number) => Promise<void>
  /** Whether somebody stands there. */
  isReached(): boolean
  goOn(): void
}

export function pausedAt(delay: keyof ReturnType<typeof usual>['delays']): Pace {
  const held = usual().delays[delay]
  const here = gate()
  here.shut()
  return {
    sleep: (ms) => (ms === held ? here.passed() : Promise.resolve()),
    isReached: () => here.waiting > 0,
    goOn: () => here.open(),
  }
}
