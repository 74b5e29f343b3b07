import { describe, expect, test } from 'vitest'

import { slackBot, slackWebhook } from '../src/channels/slack/slack.ts'
import { closedPort } from './listen.ts'
import { message } from './message.ts'
import {
  botAt,
  credential,
  destination,
  hookAt,
  later,
  longEnough,
  payload,
  perhaps,
  repeater,
  said,
  sender,
  slowDown,
  tooLarge,
  using,
} from './slack-channels.ts'
import type { SlackFault } from './slack-stand-in-faults.ts'
import { until } from './until.ts'

const rows = (codes: string, meaning: object) =>
  codes
    .trim()
    .split(/\s+/)
    .map((code) => [code, meaning] as const)

const aboutBlocks = `invalid_blocks invalid_blocks_format msg_blocks_too_long
  attachment_payload_limit_exceeded too_many_attachments invalid_attachments`.split(/\s+/)

describe('an error of the Web API', () => {
  test.each([
    ...rows('ratelimited rate_limited', slowDown),
    ...rows('fatal_error internal_error service_unavailable request_timeout', perhaps),
    ...rows('team_added_to_org org_login_required message_limit_exceeded accesslimited', later),
    ...rows(
      `not_authed invalid_auth account_inactive token_expired token_revoked not_allowed_token_type
      missing_scope no_permission access_denied ekm_access_denied enterprise_is_restricted
      two_factor_setup_required team_access_not_granted app_access_restricted`,
      credential,
    ),
    ...rows(
      `channel_not_found not_in_channel is_archived restricted_action
      restricted_action_read_only_channel restricted_action_thread_only_channel
      restricted_action_non_threadable_channel restricted_action_thread_locked
      cannot_reply_to_message messages_tab_disabled team_not_found`,
      destination,
    ),
    ...rows('msg_too_long', tooLarge),
    ...rows(
      `no_text invalid_arguments invalid_arg_name invalid_array_arg invalid_charset
      invalid_form_data invalid_post_type missing_post_type markdown_text_conflict
      invalid_metadata_format invalid_metadata_schema metadata_too_large deprecated_endpoint
      method_deprecated unknown_method duplicate_message_not_found duplicate_channel_not_found`,
      payload,
    ),
  ] as const)('%s is what it means for a ring, and is asked once', async (error, meaning) => {
    const { far, send } = await botAt()
    far.fail({ error })
    expect(said(await send())).toEqual(meaning)
    expect(far.received('chat.postMessage')).toBe(1)
    expect(far.messages()).toEqual([])
  })

  test.each(rows('ratelimited rate_limited team_added_to_org accesslimited', later))(
    '%s waits for minutes at the least where it is not a matter of seconds',
    async (error) => {
      const { far, send } = await botAt()
      far.fail({ error })
      const outcome = await send()
      const wait = outcome.type === 'deferred' ? (outcome.notBeforeMs ?? 0) : 0
      expect(wait >= 60_000).toBe(!error.startsWith('rate'))
    },
  )

  test('that nobody knows is tried once more, and told in its own word', async () => {
    const { far, send } = await botAt()
    far.fail({ error: 'a_brand_new_code' })
    const outcome = await send()
    expect(said(outcome)).toEqual({ type: 'unknown', code: 'not-understood', maxTries: 2 })
    expect(outcome).toHaveProperty('detail', expect.stringContaining('a_brand_new_code'))
  })

  test.each(['https://evil.test/?token=secret', 'A sentence of somebody else.', 'x'.repeat(500)])(
    'that is no code (%#) is not told',
    async (error) => {
      const { far, send } = await botAt()
      far.fail({ error })
      const outcome = await send()
      expect(outcome).toMatchObject({ type: 'unknown', code: 'not-understood' })
      expect(JSON.stringify(outcome)).not.toContain(error)
    },
  )

  test('counts before the status', async () => {
    const { far, send } = await botAt()
    far.fail({ status: 400, text: '{"ok":false,"error":"invalid_auth"}' })
    expect(said(await send())).toEqual(credential)
    far.fail({ status: 429, text: '{"ok":false,"error":"ratelimited"}', retryAfter: '12' })
    expect(said(await send())).toEqual({ ...slowDown, retryAfterMs: 12_000 })
  })

  test('names the mend where there is one', async () => {
    const { far, send } = await botAt()
    far.workspace.isMember = false
    expect(await send()).toHaveProperty('detail', expect.stringMatching(/not_in_channel.*invite/))
    far.workspace.scopes.delete('chat:write')
    expect(await send()).toHaveProperty(
      'detail',
      expect.stringMatching(/missing_scope.*chat:write/),
    )
  })
})

describe('an answer of a webhook', () => {
  test.each<readonly [number, string, object]>([
    [400, 'invalid_payload', payload],
    [400, 'user_not_found', destination],
    [400, 'no_text', payload],
    [400, 'missing_text_or_fallback_or_attachments', payload],
    [500, 'missing_text_or_fallback_or_attachments', payload],
    [403, 'action_prohibited', destination],
    [403, 'posting_to_general_channel_denied', destination],
    [403, 'invalid_token', credential],
    [404, 'channel_not_found', destination],
    [404, 'no_service', credential],
    [404, 'no_active_hooks', credential],
    [404, 'no_service_id', destination],
    [404, 'no_team', destination],
    [403, 'team_disabled', destination],
    [410, 'team_disabled', destination],
    [410, 'channel_is_archived', destination],
    [500, 'rollup_error', perhaps],
    [502, '<html></html>', perhaps],
    [400, 'something_new', payload],
    [403, 'something_new', credential],
    [404, 'something_new', destination],
    [200, 'invalid_payload', payload],
    [200, 'no_service', credential],
    [200, 'something_new', { type: 'unknown', code: 'not-understood' }],
    [200, 'OK, I think', { type: 'unknown', code: 'not-understood' }],
    [200, '', { type: 'unknown', code: 'not-understood' }],
    [200, '{"ok":true}', { type: 'unknown', code: 'not-understood' }],
  ])(
    'of %i with %s is what it means for a ring, and is asked once',
    async (status, text, meaning) => {
      const { far, send } = await hookAt()
      far.fail({ status, text }, 'webhook')
      expect(said(await send())).toEqual(meaning)
      expect(far.received('webhook')).toBe(1)
    },
  )

  test('of 200 is taken whatever white space follows', async () => {
    const { far, send } = await hookAt()
    far.fail({ status: 200, text: 'ok\n' }, 'webhook')
    expect(said(await send())).toMatchObject({ type: 'accepted' })
  })

  test('that is too fast waits as long as it says', async () => {
    const { far, send } = await hookAt()
    const text = '{"retry_after":1,"ok":false,"error":"rate_limited"}'
    far.fail({ status: 429, text, retryAfter: '9' }, 'webhook')
    expect(said(await send())).toEqual({ ...slowDown, retryAfterMs: 9_000 })
    far.fail({ status: 429, text: '' }, 'webhook')
    expect(said(await send())).toEqual(slowDown)
  })
})

describe('blocks that Slack refuses', () => {
  test.each(aboutBlocks)('as %s are sent once more as text, in the same try', async (error) => {
    const { far, send, repeat } = await botAt()
    far.fail({ error })
    const ring = message({}, { notes: ['reported by ci'] })
    const outcome = await send(ring)
    expect(far.received('chat.postMessage')).toBe(2)
    const [only, ...more] = far.messages()
    expect(more).toEqual([])
    expect(only).toMatchObject({ blocks: [], attachments: [] })
    expect(only?.text).toMatch(/infra#42 needs a human\nerrored before push\nThread: .*\nreported/)
    expect(outcome).toEqual({ type: 'accepted', reference: `${far.channel}/${only?.ts}` })
    expect(await repeat(ring)).toEqual(outcome)
    expect(far.messages()).toHaveLength(1)
    expect(far.violations).toEqual([])
  })

  test.each(aboutBlocks)('as %s by a webhook, too', async (text) => {
    const { far, send } = await hookAt()
    far.fail({ status: 400, text }, 'webhook')
    expect(await send()).toMatchObject({ type: 'accepted' })
    expect(far.messages()).toMatchObject([{ blocks: [], attachments: [] }])
    expect(far.received('webhook')).toBe(2)
    expect(far.violations).toEqual([])
  })

  test('call whom the owner set as text, too', async () => {
    const { far } = await botAt({ mentions: ['<!here>'] })
    const { token, channel, apiUrl } = far
    const bot = using(slackBot({ token, channel, apiUrl, mention: { frozen: ['here'] } }))
    far.fail({ error: 'invalid_blocks' })
    await bot.send(message({ kind: 'frozen' }), longEnough())
    expect(far.messages()[0]?.text).toMatch(/^<!here> \[FROZEN\]/)
    expect(far.violations).toEqual([])
  })

  test('as text, too, are refused for good', async () => {
    const { far, send } = await botAt()
    far.fail({ error: 'invalid_blocks' })
    far.fail({ error: 'invalid_blocks' })
    expect(said(await send())).toEqual(payload)
    expect(far.received('chat.postMessage')).toBe(2)
  })

  test('leave the outcome of the text alone to count', async () => {
    const { far, send } = await botAt()
    far.fail({ error: 'invalid_blocks' })
    far.fail('429')
    expect(said(await send())).toEqual({ ...slowDown, retryAfterMs: 7_000 })
    far.fail({ error: 'invalid_blocks' })
    far.fail('reset, posted')
    expect(said(await send())).toEqual({ type: 'unknown', code: 'network' })
  })
})

const faults: readonly (readonly [Exclude<SlackFault, object>, object])[] = [
  ['reset', { type: 'unknown', code: 'network' }],
  ['reset, posted', { type: 'unknown', code: 'network' }],
  ['cut short, posted', { type: 'unknown', code: 'network' }],
  ['fatal', perhaps],
  ['fatal, posted', perhaps],
  ['503', perhaps],
  ['429', { ...slowDown, retryAfterMs: 7_000 }],
  ['429 without a header', slowDown],
  ['page', { type: 'unknown', code: 'not-understood' }],
  ['half an answer, posted', { type: 'unknown', code: 'not-understood' }],
  ['redirect', { type: 'refused', code: 'redirected' }],
]

describe('a Slack that fails', () => {
  test.each(faults)('a bot by "%s" is asked once', async (fault, meaning) => {
    const { far, send } = await botAt()
    far.fail(fault)
    expect(said(await send())).toEqual(meaning)
    expect(far.requests).toHaveLength(1)
    expect(far.violations).toEqual([])
  })

  test.each(faults)('a webhook by "%s" is asked once', async (fault, meaning) => {
    const { far, send } = await hookAt()
    far.fail(fault, 'webhook')
    expect(said(await send())).toEqual(meaning)
    expect(far.requests).toHaveLength(1)
    expect(far.violations).toEqual([])
  })

  test.each(['hang', 'hang, posted'] as const)('by "%s" is out of time', async (fault) => {
    for (const { far, send } of [await botAt(), await hookAt()]) {
      for (const method of ['chat.postMessage', 'webhook'] as const) far.fail(fault, method)
      const abort = new AbortController()
      const sent = send(message(), abort.signal)
      await until('it was read', () => far.requests.length === 1)
      abort.abort()
      expect(said(await sent)).toEqual({ type: 'unknown', code: 'timeout' })
      expect(far.messages()).toHaveLength(fault === 'hang' ? 0 : 1)
    }
  })

  test('by answering a few bytes at a time is waited for', async () => {
    for (const { far, send } of [await botAt(), await hookAt()]) {
      for (const method of ['chat.postMessage', 'webhook'] as const) far.fail('slow body', method)
      expect(await send()).toMatchObject({ type: 'accepted' })
    }
  })

  test('by not being there defers', async () => {
    const gone = await closedPort()
    const bot = using(slackBot({ token: 'xoxb-secret', channel: 'C1', apiUrl: `${gone}/api/` }))
    const hook = using(slackWebhook({ url: `${gone}/services/T/B/secret`, dialect: 'slack' }))
    for (const made of [bot, hook])
      expect(said(await sender(made)())).toEqual({ type: 'deferred', code: 'network' })
    expect(said(await repeater(bot)())).toEqual({ type: 'deferred', code: 'network' })
  })

  test.each([
    'reset, posted',
    'cut short, posted',
    'fatal, posted',
    'half an answer, posted',
  ] as const)('by "%s" has the message, and a repeat finds it', async (fault) => {
    const { far, send, repeat } = await botAt()
    const ring = message()
    far.fail(fault)
    expect(await send(ring)).toMatchObject({ type: 'unknown' })
    const reference = `${far.channel}/${far.messages()[0]?.ts}`
    expect(await repeat(ring)).toEqual({ type: 'accepted', reference })
    expect(far.messages()).toHaveLength(1)
    expect(far.received('chat.postMessage')).toBe(1)
  })

  test.each(['reset', 'fatal', '503', 'page'] as const)(
    'by "%s" has no message, and a repeat posts it',
    async (fault) => {
      const { far, send, repeat } = await botAt()
      const ring = message()
      far.fail(fault)
      expect(await send(ring)).toMatchObject({ type: 'unknown' })
      expect(await repeat(ring)).toMatchObject({ type: 'accepted' })
      expect(far.messages()).toHaveLength(1)
    },
  )
})
