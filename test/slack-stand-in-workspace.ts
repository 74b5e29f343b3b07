/**
 * What the Slack stand-in remembers: one app, one channel, and the messages in it.
 *
 * `ts` is `sec.micro` by the stand-in's own clock and increases with every message, as Slack promises.
 * A page of the history is newest first, and shows metadata only to those who ask for it.
 */
import type { SlackMessage } from './slack-side.ts'

export type Workspace = {
  readonly token: string
  readonly channel: string
  readonly scopes: Set<string>
  isTokenRevoked: boolean
  isArchived: boolean
  isMember: boolean
  /** What a removed webhook answers; null: it lives. */
  hookRefusal: 'invalid_token' | 'no_service' | 'no_active_hooks' | null
  /** Raw mentions that the owner of the sender has set: `<!here>`. */
  readonly mentions: readonly string[]
  readonly violations: string[]
  readonly kept: SlackMessage[]
  /** False: a message was posted less than a second ago, where that counts. */
  mayPost(): boolean
  post(content: Content): SlackMessage
  history(ask: HistoryAsk): HistoryPage
}

export type Content = Partial<Omit<SlackMessage, 'channel' | 'ts'>>

export type HistoryAsk = {
  readonly oldestMicros: number
  readonly inclusive: boolean
  readonly limit: number
  /** Where the page begins; 0: at the newest. */
  readonly from: number
}

export type HistoryPage = {
  readonly messages: readonly SlackMessage[]
  /** Where the next page begins; null: there is none. */
  readonly next: number | null
}

export type WorkspaceOptions = {
  readonly limited?: boolean
  readonly mentions?: readonly string[]
  /** As many messages as a page of history holds, however many are asked for. Default 200. */
  readonly pageSize?: number
  readonly now?: () => number
}

export function workspace(options: WorkspaceOptions = {}): Workspace {
  const { limited = false, mentions = [], pageSize = 200, now = Date.now } = options
  const channel = 'C0STANDIN01'
  const kept: SlackMessage[] = []
  let lastMicros = 0
  let lastPostedAt = -Infinity

  return {
    token: 'xoxb-stand-in-secret',
    channel,
    scopes: new Set(['chat:write', 'channels:history']),
    isTokenRevoked: false,
    isArchived: false,
    isMember: true,
    hookRefusal: null,
    mentions,
    violations: [],
    kept,
    mayPost: () => !limited || now() - lastPostedAt >= 1_000,
    post({ text = '', blocks = [], attachments = [], metadata = null }) {
      lastPostedAt = now()
      lastMicros = Math.max(lastMicros + 1, Math.floor(now()) * 1_000)
      const message = { channel, ts: spell(lastMicros), text, blocks, attachments, metadata }
      kept.push(message)
      return message
    },
    history({ oldestMicros, inclusive, limit, from }) {
      const isAsked = ({ ts }: SlackMessage) =>
        inclusive ? microsOf(ts) >= oldestMicros : microsOf(ts) > oldestMicros
      const found = kept.filter(isAsked).toReversed()
      const to = from + Math.min(limit, pageSize)
      return { messages: found.slice(from, to), next: to < found.length ? to : null }
    },
  }
}

export function microsOf(ts: string): number {
  return Math.round(Number(ts) * 1_000_000)
}

function spell(micros: number): string {
  return `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`
}
