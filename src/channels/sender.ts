/**
 * Makes of an adapter a channel: the same thing, callable as a library `Sender`.
 *
 * Called, it sends once, under a handle of its own, and rejects with a `SendError` if the notification
 * was not certainly taken. It does not retry.
 */
import { SendError } from '../doorbell/send-error.ts'
import type { Notification } from '../doorbell/notification.ts'
import type { Adapter, Channel } from './channel.ts'

const timeoutMs = 10_000

export function channel(adapter: Adapter): Channel {
  const sender = async (notification: Notification) => {
    const handle = randomHandle()
    const message = { notification, notes: [], handle, ring: null, mayHaveArrivedSince: null }
    const outcome = await adapter.send(message, AbortSignal.timeout(timeoutMs))
    if (outcome.type !== 'accepted') throw new SendError(adapter.type, outcome)
  }
  return Object.assign(sender, adapter)
}

/** 130 random bits, spelled like a ring's handle (RFC 4648, base32). */
function randomHandle(): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bytes = crypto.getRandomValues(new Uint8Array(26))
  return Array.from(bytes, (byte) => alphabet[byte % 32]).join('')
}
