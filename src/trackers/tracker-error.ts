/** A tracker that cannot be asked, or an issue in it that cannot be understood. Says nothing about any run. */
export class TrackerError extends Error {
  readonly code: TrackerErrorCode

  constructor(code: TrackerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TrackerError'
    this.code = code
  }
}

export type TrackerErrorCode =
  /** It cannot be asked now, and may answer later. */
  | 'unreachable'
  /** It answers, and will not as it is set up: a person must mend the token, its rights or the name. */
  | 'misconfigured'
  /** An issue in it cannot be understood. */
  | 'malformed'
