/**
 * How one try to send went, as far as can be honestly known.
 *
 * None of them says "delivered": only an acknowledgement proves that a human heard it. `detail` is
 * one plain sentence; it never holds a URL, a token or the far side's words.
 */
export type Outcome = Accepted | Failed

export type Failed = Refused | Deferred | Unknown

/** The receiver's success shape was seen. `reference` is its own name for the message. */
export type Accepted = { readonly type: 'accepted'; readonly reference: string }

/** Will fail the same way again. With code `credential` it is the channel that is refused, not the ring. */
export type Refused = { readonly type: 'refused' } & Failure

/** Certainly not taken: try again, no look-up needed. */
export type Deferred = { readonly type: 'deferred' } & Failure

/** It may have arrived: a timeout, a reset, a 5xx, a node that died while trying. Repeat under the same handle. */
export type Unknown = { readonly type: 'unknown' } & Failure

type Failure = {
  readonly code: FailureCode
  readonly detail: string
  /** The receiver's own wish, obeyed as it is. */
  readonly retryAfterMs?: number
  /** No retry sooner than this, however short the back-off. */
  readonly notBeforeMs?: number
  /** Dead after this many tries: an answer that some payloads get for ever. */
  readonly maxTries?: number
}

export type FailureCode =
  | 'credential'
  | 'invalid'
  | 'not-found'
  | 'redirected'
  | 'too-large'
  | 'rate-limited'
  | 'server'
  | 'not-understood'
  | 'network'
  | 'timeout'
  | 'lease-expired'
