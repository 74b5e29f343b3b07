/** A CI that cannot be asked of a commit. Says nothing about the commit: neither green nor red. */
export class CiError extends Error {
  readonly code: CiErrorCode

  constructor(code: CiErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CiError'
    this.code = code
  }
}

export type CiErrorCode =
  /** There is no such commit there. */
  | 'unknown-commit'
  /** It cannot judge as it is set up, whatever the commit. */
  | 'misconfigured'
  /** It cannot be asked now, and may answer later. */
  | 'unavailable'
