/**
 * A ring as the body of a webhook. Pure.
 *
 * `ring` is null where a library user sends a notification that no node has written down. Instants
 * are ISO 8601 in UTC. The notes stand below the notification's body, as on every other channel.
 */
import type { Notification } from '../../doorbell/notification.ts'
import type { Ring } from '../../doorbell/ring.ts'
import type { Message } from '../channel.ts'

export type WebhookPayload = {
  readonly type: 'ring'
  readonly ring:
    | (Pick<Ring, 'id' | 'key' | 'issue' | 'threadId' | 'source'> & { readonly acceptedAt: string })
    | null
  readonly notification: Notification
}

export function webhookPayload({
  ring,
  notification,
  notes,
}: Pick<Message, 'ring' | 'notification' | 'notes'>): WebhookPayload {
  const body = [notification.body, ...notes].join('\n')
  return { type: 'ring', ring: ring && facts(ring), notification: { ...notification, body } }
}

function facts({ id, key, issue, threadId, source, acceptedAt }: Ring) {
  return { id, key, issue, threadId, source, acceptedAt: new Date(acceptedAt).toISOString() }
}
