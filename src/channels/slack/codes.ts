/**
 * What Slack's error codes mean for a ring. Pure. The codes are those of chat.postMessage
 * (https://docs.slack.dev/reference/methods/chat.postMessage) and of incoming webhooks.
 */
import type { Failed } from '../../doorbell/outcome.ts'

type Meaning =
  /** Too fast: not posted. */
  | 'slow-down'
  /** It may have been posted. */
  | 'perhaps'
  /** Not posted; passes in minutes or hours, for the whole workspace. */
  | 'later'
  | 'credential'
  | 'destination'
  /** What is shown is refused; plain text may not be. */
  | 'blocks'
  | 'too-large'
  | 'payload'

const codes: Readonly<Record<Meaning, string>> = {
  'slow-down': 'ratelimited rate_limited',
  perhaps: 'fatal_error internal_error service_unavailable request_timeout rollup_error',
  later: 'team_added_to_org org_login_required message_limit_exceeded accesslimited',
  credential: `not_authed invalid_auth account_inactive token_expired token_revoked
    not_allowed_token_type missing_scope no_permission access_denied ekm_access_denied
    enterprise_is_restricted two_factor_setup_required team_access_not_granted app_access_restricted
    invalid_token no_service no_active_hooks`,
  destination: `channel_not_found not_in_channel is_archived channel_is_archived restricted_action
    restricted_action_read_only_channel restricted_action_thread_only_channel
    restricted_action_non_threadable_channel restricted_action_thread_locked
    cannot_reply_to_message messages_tab_disabled team_not_found user_not_found action_prohibited
    posting_to_general_channel_denied no_service_id no_team team_disabled`,
  blocks: `invalid_blocks invalid_blocks_format msg_blocks_too_long
    attachment_payload_limit_exceeded too_many_attachments invalid_attachments`,
  'too-large': 'msg_too_long',
  payload: `no_text missing_text_or_fallback_or_attachments invalid_payload invalid_arguments
    invalid_arg_name invalid_array_arg invalid_charset invalid_form_data invalid_post_type
    missing_post_type markdown_text_conflict invalid_metadata_format invalid_metadata_schema
    metadata_too_large metadata_must_be_sent_from_app deprecated_endpoint method_deprecated
    unknown_method duplicate_message_not_found duplicate_channel_not_found`,
}

const meanings: ReadonlyMap<string, Meaning> = new Map(
  (Object.keys(codes) as Meaning[]).flatMap((meaning) =>
    codes[meaning].split(/\s+/).map((code) => [code, meaning] as const),
  ),
)

/** Undefined: not one that is known. */
export function meaningOf(code: string): Meaning | undefined {
  return meanings.get(code)
}

export type Reason = { readonly code: string; readonly retryAfterMs?: number | undefined }

export function codeOutcome({ code, retryAfterMs = 30_000 }: Reason): Failed {
  const detail = `Slack said ${code}${mend[code] === undefined ? '' : `: ${mend[code]}`}`
  switch (meaningOf(code)) {
    case 'slow-down':
      return { type: 'deferred', code: 'rate-limited', detail, retryAfterMs }
    case 'perhaps':
      return { type: 'unknown', code: 'server', detail }
    case 'later':
      return { type: 'deferred', code: 'rate-limited', detail, notBeforeMs: 10 * 60_000 }
    case 'credential':
      return { type: 'refused', code: 'credential', detail }
    case 'destination':
      return { type: 'refused', code: 'not-found', detail }
    case 'too-large':
      return { type: 'refused', code: 'too-large', detail }
    case 'blocks':
    case 'payload':
      return { type: 'refused', code: 'invalid', detail }
    case undefined:
      return { type: 'unknown', code: 'not-understood', detail: said(code), maxTries: 2 }
  }
}

/** Only what looks like a code is repeated: the rest could be anybody's words. */
function said(code: string): string {
  const known = /^[a-z0-9_]{1,80}$/.test(code) ? code : 'something that is no code'
  return `Slack said ${known}, which AFK does not know`
}

const mend: Readonly<Record<string, string>> = {
  not_in_channel: 'invite the bot to the channel',
  is_archived: 'the channel is archived; unarchive it, or configure another',
  channel_is_archived: 'the channel is archived; unarchive it, or configure another',
  channel_not_found: 'no such channel, or the bot may not see it',
  missing_scope: 'give the bot the scope chat:write and install it again',
  token_revoked: 'make a new token',
  token_expired: 'make a new token',
  invalid_auth: 'the token is wrong',
  account_inactive: 'the bot was removed; install it again',
  invalid_token: 'the webhook is wrong or was revoked; make a new one',
  no_service: 'the webhook was removed; make a new one',
  no_active_hooks: 'the webhook was removed; make a new one',
}
