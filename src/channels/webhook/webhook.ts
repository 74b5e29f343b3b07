/**
 * Posts a ring to a URL, signed as Standard Webhooks says.
 *
 * Accepted means any 2xx. A repeat keeps its `webhook-id`, so that a receiver can drop it, and takes a
 * new timestamp and signature. Redirects are refused: a signed body goes only where its owner said.
 */
import { bad, type Finding, good, unproven } from '../../doorbell/finding.ts'
import type { Adapter, Channel } from '../channel.ts'
import { exchange } from '../exchange.ts'
import { unaccepted, unanswered } from '../http.ts'
import { channel } from '../sender.ts'
import { targetOf } from '../target.ts'
import { webhookPayload } from './payload.ts'
import { keyOf, sign } from './signature.ts'

export type WebhookOptions = {
  /** `http(s)`; may hold a secret, and is never shown. */
  readonly url: string
  /** `whsec_` and 24 to 64 bytes in base64. The receiver verifies with the same. */
  readonly secret: string
}

/**
 * @throws {TypeError} if the URL is not `http(s)` or the secret is not one.
 * @example
 * ```ts
 * import { webhook } from 'afk-loop/channels/webhook'
 *
 * const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
 * const hook = webhook({ url: 'https://ops.example/afk', secret })
 * ```
 */
export function webhook(options: WebhookOptions): Channel {
  return channel(adapter(options))
}

function adapter({ url, secret }: WebhookOptions): Adapter {
  const key = keyOf(secret)
  const target = targetOf(url)
  if (target === null)
    throw new TypeError('a webhook url is an http(s) URL, such as https://ops.example/afk')
  const { origin, path, authorization } = target
  const far = exchange(origin)

  return {
    type: 'webhook',

    async send(message, signal) {
      const body = JSON.stringify(webhookPayload(message))
      const now = Date.now()
      const signed = sign({ id: message.handle, at: now, body, key })
      const headers = { 'content-type': 'application/json', ...authorization, ...signed }
      try {
        const answer = await far.request({ method: 'POST', path, headers, body, signal })
        const { status, retryAfter } = answer
        if (status >= 200 && status < 300) return { type: 'accepted', reference: message.handle }
        return unaccepted({ status, retryAfter, who: "the webhook's receiver", now })
      } catch (error) {
        return unanswered(error, { timedOut: signal.aborted })
      }
    },

    async check(signal): Promise<readonly Finding[]> {
      try {
        await far.request({ method: 'HEAD', path, headers: authorization, signal })
        return [good('the receiver answers'), unproven('that it takes a signed ring', 'afk drill')]
      } catch (error) {
        const { detail } = unanswered(error, { timedOut: signal.aborted })
        return [bad(detail, 'check `url`, its name, port and certificate')]
      }
    },

    close: () => far.close(),
  }
}
