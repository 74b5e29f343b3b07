/** A tracker that cannot be asked, or an issue in it that cannot be understood. Says nothing about any run. */
export class TrackerError extends Error {
  readonly code: 'unreachable' | 'malformed'

  constructor(code: TrackerError['code'], message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TrackerError'
    this.code = code
  }
}
