/** A landing branch that cannot be asked about. Says nothing about any run. */
export class LandingError extends Error {
  readonly code: LandingErrorCode

  constructor(code: LandingErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'LandingError'
    this.code = code
  }
}

export type LandingErrorCode =
  /** The remote did not answer. */
  | 'unreachable'
  /** The remote has no such branch. */
  | 'missing'
  /** The clone is broken, or lacks the commit that the run began at. */
  | 'unreadable'
  /** Not a name that a branch or a run of ours can have. */
  | 'invalid'
