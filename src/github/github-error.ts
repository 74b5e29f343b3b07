/** GitHub did not do what it was asked. Its message names the request and never a token or a query. */
export class GithubError extends Error {
  readonly code: GithubErrorCode
  /** Of `limited`: until when nothing is sent, by this node's clock. Of all others null. */
  readonly until: number | null

  constructor(code: GithubErrorCode, message: string, until: number | null = null) {
    super(message)
    this.name = 'GithubError'
    this.code = code
    this.until = until
  }
}

export type GithubErrorCode =
  /** No answer, or none that is GitHub's: a reset, a 5xx, a page, half an answer. Says nothing. */
  | 'unreachable'
  /** It wants to hear less. */
  | 'limited'
  /** It does not know the token. */
  | 'unauthorized'
  /** The token may not. */
  | 'forbidden'
  /** 404 or 410: it is not there, or not for this token. */
  | 'gone'
  /** It will not, whoever asks: 422 and its like. */
  | 'refused'
