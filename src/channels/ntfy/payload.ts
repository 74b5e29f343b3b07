/**
 * A notification as ntfy's JSON (https://docs.ntfy.sh/publish/#publish-as-json). Pure.
 *
 * Every field fits the limits a real server has, which are one byte below the documented ones: 4095
 * bytes of message, 8191 of JSON. The message is cut to fit, and only its detail (fit.ts). A link too
 * long to fit is left out whole: a cut link is another link. Fields that ntfy turns into headers
 * cannot smuggle in an RFC 2047 encoded word, and a tag cannot become two.
 */
import { byteLength, cut } from '../../doorbell/cut.ts'
import { fit } from '../../doorbell/fit.ts'
import type { Message } from '../channel.ts'

export type NtfyPriorities = { readonly low: NtfyPriority; readonly high: NtfyPriority }
export type NtfyPriority = 1 | 2 | 3 | 4 | 5

export type NtfyPayload = {
  readonly topic: string
  readonly title: string
  readonly message: string
  readonly priority: NtfyPriority
  readonly tags: readonly string[]
  readonly sequence_id: string
  readonly click?: string
  readonly actions?: readonly NtfyAction[]
}

type NtfyAction = { readonly action: 'view'; readonly label: string; readonly url: string }

export type NtfyTarget = { readonly topic: string; readonly priorities: NtfyPriorities }

const maxMessageBytes = 4095
const maxJsonBytes = 8191

export function ntfyPayload(
  { notification, notes, handle }: Pick<Message, 'notification' | 'notes' | 'handle'>,
  { topic, priorities }: NtfyTarget,
): NtfyPayload {
  const { title, link, priority, tags, issueRef } = notification
  const url = link !== null && byteLength(link) <= maxLinkBytes ? unencoded(link, '=%3F') : null
  const payload = {
    topic,
    title: unencoded(cut(title, maxTitleBytes), '=\u200b?'),
    priority: priorities[priority],
    tags: tags.map((tag) => unencoded(tag.replaceAll(',', ' '), '=\u200b?')),
    sequence_id: handle,
    ...(url !== null && {
      click: url,
      actions: [{ action: 'view' as const, label: 'Open thread', url }],
    }),
  }
  return { ...payload, message: messageWithin(payload, notification, notes) || cut(issueRef, 200) }
}

const maxTitleBytes = 512
const maxLinkBytes = 1536

/** The longest text that fits both limits: JSON spells a quote, a backslash and a line break in two bytes. */
function messageWithin(
  payload: Omit<NtfyPayload, 'message'>,
  notification: Message['notification'],
  notes: readonly string[],
): string {
  const room = maxJsonBytes - byteLength(JSON.stringify({ ...payload, message: '' }))
  let budget = maxMessageBytes
  for (;;) {
    const message = fit(notification, notes, budget).trim()
    const excess = byteLength(JSON.stringify(message)) - 2 - room
    if (excess <= 0 || budget === 0) return message
    budget = Math.max(0, Math.min(budget, byteLength(message)) - Math.ceil(excess / 2))
  }
}

/** `=?` opens an encoded word (RFC 2047), which ntfy would decode; in a link the `?` may as well be escaped. */
function unencoded(text: string, broken: string): string {
  return text.replaceAll('=?', broken)
}
