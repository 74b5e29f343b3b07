/** T3 Code could not be read. Its message names what was asked, and never a token. */
export class T3Error extends Error {
  readonly code: T3ErrorCode

  constructor(code: T3ErrorCode, message: string) {
    super(message)
    this.name = 'T3Error'
    this.code = code
  }
}

export type T3ErrorCode =
  /** No answer, or none that is T3's: a hang, a reset, a proxy's page, a fault of its own. Says nothing. */
  | 'unreachable'
  /** It does not know the token, or the token may not. */
  | 'unauthorised'
  /** It is of another generation than is understood here. */
  | 'unsupported'
