/**
 * Finds a message that Slack already has, in what `conversations.history` answers. Pure.
 * https://docs.slack.dev/reference/methods/conversations.history
 */
import type { Json } from './answer.ts'

/** Marks the messages that are ours in the metadata, beside those of other apps. */
export const EVENT_TYPE = 'afk_ring'

export type Page = {
  /** The message's `ts`, if it is here. */
  readonly found: string | null
  /** Where older messages are; null: nowhere. */
  readonly next: string | null
}

export function readPage(answer: Json, handle: string): Page {
  const messages = Array.isArray(answer['messages']) ? (answer['messages'] as unknown[]) : []
  const ours = messages.map((each) => Object(each) as Json).find((each) => isOurs(each, handle))
  const ts = ours?.['ts']
  const { next_cursor: cursor } = Object(answer['response_metadata']) as Json
  return {
    found: typeof ts === 'string' ? ts : null,
    next: typeof cursor === 'string' && cursor !== '' ? cursor : null,
  }
}

function isOurs(message: Json, handle: string): boolean {
  const { event_type: type, event_payload: payload } = Object(message['metadata']) as Json
  return type === EVENT_TYPE && (Object(payload) as Json)['handle'] === handle
}
