/** What a test may change at any time of how the stand-in behaves. */

export type Settings = {
  /** A web build is there, and its page answers a GET of anything unknown; else that is a 503. */
  hasWeb: boolean
  /** The provider instances that can start. */
  instances: readonly string[]
  /** How a provider takes an interrupt; `ignored`: as OpenCode's, whose session runs for ever. */
  interrupts: 'obeyed' | 'ignored'
  /** What a session's stop leaves of the turn that ran: both were observed. */
  stoppedTurn: 'completed' | 'interrupted'
  /** The stop of a session whose agent prints nothing holds up every thread, as observed on all versions. */
  stopBlocks: boolean
  /** A turn.start writes its runtimeMode onto the thread, as reported of 0.0.42. */
  writesRuntimeMode: boolean
  /** How long things take, told to `sleep`. */
  readonly delays: Delays
}

export type Delays = {
  /** From a turn.start until the provider takes it up. */
  queued: number
  /** From there until the turn is shown. */
  adopt: number
  /** Until a provider has answered an interrupt or a user's input. */
  confirm: number
  /** Between two changes that belong together. */
  moment: number
  /** From a turn's end to its checkpoint, in a git workspace. */
  checkpoint: number
  /** The same after an interrupt. */
  abortCheckpoint: number
}

export const usual = (): Settings => ({
  hasWeb: true,
  instances: ['codex', 'claudeAgent', 'cursor', 'grok', 'opencode'],
  interrupts: 'obeyed',
  stoppedTurn: 'completed',
  stopBlocks: true,
  writesRuntimeMode: false,
  delays: {
    queued: 50,
    adopt: 300,
    confirm: 60,
    moment: 20,
    checkpoint: 500,
    abortCheckpoint: 1_000,
  },
})
