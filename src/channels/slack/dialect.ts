/**
 * Servers that take Slack's incoming webhooks, and how each differs. Pure.
 *
 * Only Slack gets blocks: the others drop them silently, or dump them. They get one complete text, in
 * which nothing of a ring can mention anybody or hide where a link leads. What counts as taken is each
 * server's own success shape; a page of HTML never does.
 */
import type { Message } from '../channel.ts'
import { BROKEN, cutSpelled, spellBody } from './spell.ts'

export const DIALECTS = [
  'slack',
  'mattermost',
  'rocketchat',
  'discord',
  'zulip',
  'generic',
] as const

export type Dialect = (typeof DIALECTS)[number]

/** By whose host it is; a server of one's own is `generic` unless its owner says what it is. */
export function dialectOf(url: string): Dialect {
  const { hostname } = new URL(url)
  if (hostname === 'hooks.slack.com' || hostname === 'hooks.slack-gov.com') return 'slack'
  return /(^|\.)discord(app)?\.com$/.test(hostname) ? 'discord' : 'generic'
}

/** What every other server than Slack takes: all that the ring says, as one text. */
export function plainPayload(
  message: Pick<Message, 'notification' | 'notes'>,
  dialect: Dialect,
): { readonly text: string } {
  const max = dialect === 'discord' ? maxDiscord : maxText
  const title = cutSpelled(message.notification.title, BROKEN.text, maxTitle)
  const body = spellBody(message, BROKEN, max - title.length - 1)
  return { text: body === '' ? title : `${title}\n${body}` }
}

const maxText = 3_900
const maxDiscord = 2_000
const maxTitle = 600

export type Taken = { readonly status: number; readonly text: string }

export function isTaken(dialect: Dialect, { status, text }: Taken): boolean {
  if (status < 200 || status > 299) return false
  const said = text.trim()
  switch (dialect) {
    case 'slack':
    case 'mattermost':
      return said === 'ok'
    case 'discord':
      return said === 'ok' || said === ''
    case 'rocketchat':
      return json(said).success === true
    case 'zulip':
      return json(said).result === 'success'
    case 'generic': {
      const { ok, success, result } = json(said)
      return said === 'ok' || ok === true || success === true || result === 'success'
    }
  }
}

type Said = { readonly ok?: unknown; readonly success?: unknown; readonly result?: unknown }

/** Anything but JSON says nothing. */
function json(text: string): Said {
  try {
    return Object(JSON.parse(text)) as Said
  } catch {
    return {}
  }
}
