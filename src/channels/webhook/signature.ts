/**
 * Signs a webhook as Standard Webhooks 1.0 says (https://www.standardwebhooks.com): HMAC-SHA256 over
 * `id.timestamp.body`, with the secret's decoded bytes as the key.
 */
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

export type Signed = {
  readonly 'webhook-id': string
  /** Seconds since the epoch. */
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

/** `id` stays the same over repeats; the timestamp is each try's own, so that a receiver may refuse old ones. */
export function sign(ask: { id: string; at: number; body: string; key: KeyObject }): Signed {
  const timestamp = String(Math.floor(ask.at / 1_000))
  const content = `${ask.id}.${timestamp}.${ask.body}`
  const mac = createHmac('sha256', ask.key).update(content).digest('base64')
  return {
    'webhook-id': ask.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${mac}`,
  }
}

/** @throws {TypeError} if the secret is not `whsec_` and 24 to 64 bytes in base64. */
export function keyOf(secret: string): KeyObject {
  const encoded = secret.replace(/^whsec_/, '')
  const key = Buffer.from(encoded, 'base64')
  const isWhole = secret.startsWith('whsec_') && key.toString('base64') === encoded
  if (!isWhole || key.length < 24 || key.length > 64)
    throw new TypeError(
      'a webhook secret is whsec_ and 24 to 64 bytes in base64; make one with: echo "whsec_$(openssl rand -base64 32)"',
    )
  return createSecretKey(key)
}
