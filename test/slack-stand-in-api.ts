/**
 * Slack's Web API, as the stand-in speaks it: auth.test, chat.postMessage, conversations.history.
 *
 * Its checks come in Slack's order: who asks, what was sent, what that may do. All but a rate limit is
 * HTTP 200, and the truth is in `ok`. conversations.history reads a form only, which is what every method
 * reads. An archived channel can still be read.
 */
import { z } from 'zod'

import { type Asked, refusalOf } from './slack-stand-in-limits.ts'
import { lint } from './slack-stand-in-lint.ts'
import { microsOf, type Workspace } from './slack-stand-in-workspace.ts'

export type Call = {
  readonly method: string
  readonly authorization: string
  readonly contentType: string
  readonly body: string
}

export type Reply = {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

type Said = Readonly<Record<string, unknown>>

export function apiReply(call: Call, far: Workspace): Reply {
  const scopes = { 'x-oauth-scopes': [...far.scopes].join(',') }
  const { ok = true, isTooFast = false, ...said } = answered(call, far)
  const warning = warningFor(call)
  if (warning !== null) far.violations.push(warning)
  return {
    status: isTooFast === true ? 429 : 200,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      ...scopes,
      ...(isTooFast === true && { 'retry-after': '1' }),
    },
    text: JSON.stringify({ ok, ...said, ...(warning !== null && { warning }) }),
  }
}

function answered(call: Call, far: Workspace): Said {
  const { method, authorization } = call
  const [, token] = /^Bearer (\S+)$/.exec(authorization) ?? []
  if (token === undefined) return no('not_authed')
  if (token !== far.token) return no('invalid_auth')
  if (far.isTokenRevoked) return no('token_revoked')
  const read = reads.get(method)
  if (read === undefined) return no('unknown_method')
  const args = argsOf(call)
  if (args === null) return no('invalid_post_type')
  far.violations.push(...strangers(args, method))
  return read(args, far)
}

const reads = new Map([
  ['auth.test', authTest],
  ['chat.postMessage', postMessage],
  ['conversations.history', history],
])

function authTest(_: Said, { token }: Workspace): Said {
  const bot = { user: 'afk', user_id: 'U0STANDIN01', bot_id: token.length > 0 ? 'B0STANDIN01' : '' }
  return { url: 'https://stand-in.slack.com/', team: 'Stand-in', team_id: 'T0STANDIN01', ...bot }
}

function postMessage(args: Said, far: Workspace): Said {
  far.violations.push(...lint(args, far.mentions))
  const denied = far.scopes.has('chat:write') ? placeRefusal(args, far) : lacking('chat:write', far)
  if (denied !== null) return denied
  if (far.isArchived) return no('is_archived')
  if (!far.mayPost()) return { ...no('ratelimited'), isTooFast: true }
  const refusal = refusalOf(args)
  if (refusal !== null)
    return { ...no(refusal.error), response_metadata: { messages: refusal.messages } }
  const { text = '', blocks = [], attachments = [], metadata = null } = args as Content
  const message = far.post({ text: text.slice(0, 40_000), blocks, attachments, metadata })
  return { channel: far.channel, ts: message.ts, message: { type: 'message', ...message } }
}

type Content = Asked & {
  readonly text?: string
  readonly blocks?: readonly unknown[]
  readonly attachments?: readonly unknown[]
}

function history(args: Said, far: Workspace): Said {
  const denied = far.scopes.has('channels:history')
    ? placeRefusal(args, far)
    : lacking('channels:history', far)
  if (denied !== null) return denied
  const asked = historyArgs.safeParse(args)
  if (!asked.success) return no('invalid_arguments')
  const { oldest, inclusive, include_all_metadata, limit, cursor } = asked.data
  const from = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64').toString())
  if (!Number.isInteger(from)) return no('invalid_cursor')
  const page = far.history({ oldestMicros: microsOf(oldest), inclusive, limit, from })
  const next = page.next === null ? '' : Buffer.from(String(page.next)).toString('base64')
  const shown = page.messages.map(({ metadata, ...message }) => ({
    type: 'message',
    ...message,
    ...(include_all_metadata && metadata !== null && { metadata }),
  }))
  return { messages: shown, has_more: next !== '', response_metadata: { next_cursor: next } }
}

const flag = z
  .enum(['true', 'false', '1', '0'])
  .default('false')
  .transform((said) => said === 'true' || said === '1')
const historyArgs = z.object({
  oldest: z.stringFormat('ts', /^\d+(?:\.\d{1,6})?$/).default('0'),
  inclusive: flag,
  include_all_metadata: flag,
  limit: z.coerce.number().int().min(1).max(999).default(100),
  cursor: z.string().optional(),
})

/** Null: the bot may read there. */
function placeRefusal({ channel }: Said, far: Workspace): Said | null {
  if (channel !== far.channel) return no('channel_not_found')
  return far.isMember ? null : no('not_in_channel')
}

function lacking(needed: string, { scopes }: Workspace): Said {
  return { ...no('missing_scope'), needed, provided: [...scopes].join(',') }
}

function no(error: string): Said {
  return { ok: false, error }
}

/** Null: of no type that the method reads. */
function argsOf({ method, contentType, body }: Call): Said | null {
  if (contentType.startsWith('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(body))
  if (!contentType.startsWith('application/json')) return null
  if (method === 'conversations.history') return {}
  try {
    return Object(JSON.parse(body)) as Said
  } catch {
    // Slack ignores what it cannot read.
    return {}
  }
}

function warningFor({ contentType }: Call): string | null {
  const hasCharset = contentType.includes('charset')
  if (contentType.startsWith('application/json')) return hasCharset ? null : 'missing_charset'
  return hasCharset ? 'superfluous_charset' : null
}

function strangers(args: Said, method: string): readonly string[] {
  const known = new Set((knownArgs.get(method) ?? '').split(' '))
  return Object.keys(args)
    .filter((key) => !known.has(key))
    .map((key) => `unknown argument ${key} of ${method}`)
}

/** What a sender has any use for: `link_names`, say, only does harm. */
const knownArgs = new Map([
  ['auth.test', ''],
  [
    'chat.postMessage',
    'channel text blocks attachments metadata thread_ts unfurl_links unfurl_media mrkdwn',
  ],
  ['conversations.history', 'channel cursor include_all_metadata inclusive latest limit oldest'],
])
