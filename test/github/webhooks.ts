/**
 * Webhook deliveries: what GitHub posts, with its headers and its signature.
 *
 * The signature is the HMAC-SHA256 of the very bytes that are sent. A redelivery has the GUID of the delivery
 * that it repeats. Nobody retries: what is not sent again is lost.
 */
import { createHmac, randomUUID } from 'node:crypto'

export type WebhookEvent = { readonly name: string; readonly payload: object }

export type DeliverOptions = {
  /** A whole address. */
  readonly to: string
  /** Null: the hook has none, and nothing is signed. */
  readonly secret: string | null
  /** Default: drawn. One that was used before makes it a redelivery. */
  readonly guid?: string
  /** The same delivery so often, one after the other. Default 1. */
  readonly times?: number
  /** By another secret, or of no form that a signature has; or none at all. */
  readonly signature?: 'wrong' | 'malformed' | 'missing'
  readonly contentType?: 'json' | 'form'
  /** As long as GitHub waits. Default 10 s. */
  readonly timeoutMs?: number
}

export type Delivered = {
  readonly guid: string
  /** Null: no answer in time. */
  readonly status: number | null
  readonly text: string
}

export async function deliver(
  { name, payload }: WebhookEvent,
  options: DeliverOptions,
): Promise<readonly Delivered[]> {
  const { to, guid = randomUUID(), times = 1, contentType = 'json', timeoutMs = 10_000 } = options
  const json = JSON.stringify(payload)
  const body = contentType === 'json' ? json : new URLSearchParams({ payload: json }).toString()
  const headers = {
    accept: '*/*',
    'content-type':
      contentType === 'json' ? 'application/json' : 'application/x-www-form-urlencoded',
    'user-agent': 'GitHub-Hookshot/0a1b2c3',
    'x-github-delivery': guid,
    'x-github-event': name,
    'x-github-hook-id': '424242',
    'x-github-hook-installation-target-id': targetOf(payload),
    'x-github-hook-installation-target-type': 'repository',
    ...signed(body, options),
  }
  const delivered: Delivered[] = []
  for (let time = 0; time < times; time += 1) {
    const answer = await post({ to, headers, body }, timeoutMs)
    delivered.push({ guid, ...answer })
  }
  return delivered
}

function targetOf(payload: object): string {
  const { repository } = payload as { readonly repository?: { readonly id: number } }
  return String(repository?.id ?? 0)
}

type Post = {
  readonly to: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

async function post({ to, headers, body }: Post, timeoutMs: number) {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    const response = await fetch(to, { method: 'POST', headers, body, redirect: 'manual', signal })
    return { status: response.status, text: await response.text() }
  } catch (error) {
    if (!signal.aborted) throw error
    return { status: null, text: 'timed out' }
  }
}

function signed(
  body: string,
  { secret, signature }: DeliverOptions,
): Readonly<Record<string, string>> {
  if (secret === null || signature === 'missing') return {}
  if (signature === 'malformed') return { 'x-hub-signature-256': 'sha256=nonsense' }
  const key = signature === 'wrong' ? `${secret} and more` : secret
  const of = (hash: string) => createHmac(hash, key).update(body).digest('hex')
  return {
    'x-hub-signature': `sha1=${of('sha1')}`,
    'x-hub-signature-256': `sha256=${of('sha256')}`,
  }
}
