/** Messages for channels, with a handle of their own. */
import { randomUUID } from 'node:crypto'

import type { Message } from '../src/channels/channel.ts'
import { handleFor } from '../src/delivery/handle.ts'
import { renderNotification, type TerminalEvent } from '../src/doorbell/notification.ts'

export const stuck: TerminalEvent = {
  kind: 'needs-human',
  issue: { repo: 'infra', number: 42 },
  threadId: 't-1',
  detail: 'errored before push',
}

export function message(event: Partial<TerminalEvent> = {}, more: Partial<Message> = {}): Message {
  return {
    notification: renderNotification({ ...stuck, ...event }, { baseUrl: 'https://t3.test' }),
    notes: [],
    handle: handleFor({ key: randomUUID(), channel: 'phone', wave: 0 }),
    ring: null,
    mayHaveArrivedSince: null,
    ...more,
  }
}
