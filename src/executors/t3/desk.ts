/** What all that is done with T3 Code for one repository goes by. */
import type { Clock } from '../../clock.ts'
import type { InTurn } from '../../in-turn.ts'
import type { T3Client } from '../../t3/client.ts'
import type { ModelSelection, RuntimeMode } from '../../t3/commands.ts'
import type { Ground } from '../../worktrees/ground.ts'
import type { TurnId } from '../executor.ts'
import type { Pulses } from './pulses.ts'

export type Desk = {
  readonly client: T3Client
  readonly ground: Ground
  readonly clock: Clock
  /** Null: the project's own, or T3's default. */
  readonly model: ModelSelection | null
  readonly runtimeMode: RuntimeMode
  /** One after the other: git locks the clone. */
  readonly inTurn: InTurn
  readonly pulses: Pulses
  /** A turn is seen to be over. */
  readonly ended: (turn: TurnId) => void
}
