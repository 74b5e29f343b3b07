/** What a channel used as a `Sender` rejects with. The message says what failed and on which channel, never a secret. */
import type { Failed } from './outcome.ts'

export class SendError extends Error {
  /** What went wrong, in one stable word: `credential`, `rate-limited`, `timeout`, ... */
  readonly code: Failed['code']
  /** `refused` fails the same way again; `deferred` was certainly not taken; `unknown` may have arrived. */
  readonly outcome: Failed['type']
  /** How long the receiver asked to wait, in milliseconds. */
  declare readonly retryAfterMs?: number

  constructor(channel: string, failed: Failed) {
    super(`${channel}: ${failed.detail}`)
    this.name = 'SendError'
    this.code = failed.code
    this.outcome = failed.type
    if (failed.retryAfterMs !== undefined) this.retryAfterMs = failed.retryAfterMs
  }
}
