/**
 * Slack's incoming webhooks, as the stand-in speaks them, and those of the servers that imitate them.
 *
 * Slack's take JSON, answer `ok` as text/html or a code in plain text, and know nothing of the message
 * afterwards. The others take a text alone; each says yes and no in its own way.
 */
import type { Reply } from './slack-stand-in-api.ts'
import { refusalOf } from './slack-stand-in-limits.ts'
import { lint } from './slack-stand-in-lint.ts'
import type { Workspace } from './slack-stand-in-workspace.ts'

export type Server = 'mattermost' | 'rocketchat' | 'discord' | 'zulip' | 'generic'

export type HookPost = { readonly contentType: string; readonly body: string }

export function hookReply(post: HookPost, far: Workspace): Reply {
  const asked = post.contentType.startsWith('application/json') ? objectIn(post.body) : null
  if (far.hookRefusal !== null)
    return plain(far.hookRefusal === 'invalid_token' ? 403 : 404, far.hookRefusal)
  if (asked === null) return plain(400, 'invalid_payload')
  if (Object.keys(asked).length === 0) return plain(400, 'no_text')
  far.violations.push(...lint(asked, far.mentions), ...strangers(asked, slackArgs))
  if (far.isArchived) return plain(410, 'channel_is_archived')
  if (!far.mayPost()) return tooFast
  const refusal = refusalOf(asked)
  if (refusal !== null) return plain(400, refusal.error)
  far.post(asked)
  return plain(200, 'ok')
}

const slackArgs = 'text blocks attachments thread_ts unfurl_links unfurl_media mrkdwn'

const tooFast: Reply = {
  status: 429,
  headers: { 'content-type': 'application/json', 'retry-after': '1' },
  text: '{"retry_after":1,"ok":false,"error":"rate_limited"}',
}

export function serverReply(server: Server, post: HookPost, far: Workspace): Reply {
  const asked = post.contentType.startsWith('application/json') ? objectIn(post.body) : null
  const text = asked?.['text']
  const { yes, no, maxText } = servers[server]
  if (asked === null || typeof text !== 'string' || text === '' || text.length > maxText) return no
  far.violations.push(...strangers(asked, 'text'), ...lively(text))
  far.post({ text })
  return yes
}

const json = (status: number, said: object): Reply => ({
  status,
  headers: { 'content-type': 'application/json' },
  text: JSON.stringify(said),
})

const servers: Readonly<Record<Server, { yes: Reply; no: Reply; maxText: number }>> = {
  mattermost: {
    yes: { ...plain(200, 'ok'), headers: { 'content-type': 'text/plain' } },
    no: json(400, { id: 'web.incoming_webhook.invalid.app_error', status_code: 400 }),
    maxText: 16_383,
  },
  rocketchat: {
    yes: json(200, { success: true }),
    no: json(400, { success: false, error: 'error-invalid' }),
    maxText: 5_000,
  },
  discord: { yes: plain(200, 'ok'), no: json(400, { code: 50_035 }), maxText: 2_000 },
  zulip: {
    yes: json(200, { result: 'success', msg: '' }),
    no: json(400, { result: 'error', msg: 'x' }),
    maxText: 10_000,
  },
  generic: { yes: json(200, { ok: true }), no: json(400, { ok: false }), maxText: Infinity },
}

/** What of a text mentions somebody or hides a link's end, on one of these servers or another. */
function lively(text: string): readonly string[] {
  const words = text.replaceAll(/https?:\/\/\S+/g, '')
  return [/@(?!\u200b)/, /<(?!\u200b)/, /\](?!\u200b)/]
    .filter((pattern) => pattern.test(words))
    .map((pattern) => `lively text: ${pattern.source}`)
}

function strangers(asked: object, known: string): readonly string[] {
  return Object.keys(asked)
    .filter((key) => !known.split(' ').includes(key))
    .map((key) => `unknown field ${key} of a webhook`)
}

function plain(status: number, text: string): Reply {
  return { status, headers: { 'content-type': 'text/html' }, text }
}

/** Null: no JSON object. */
function objectIn(body: string): Readonly<Record<string, unknown>> | null {
  try {
    const read: unknown = JSON.parse(body)
    const isObject = typeof read === 'object' && read !== null && !Array.isArray(read)
    return isObject ? (read as Readonly<Record<string, unknown>>) : null
  } catch {
    return null
  }
}
