import { describe, expect, test } from 'vitest'

import type { Channel } from '../src/channels/channel.ts'
import { slackBot, slackWebhook } from '../src/channels/slack/slack.ts'
import { botAt, destination, hookAt, leaks, longEnough, said, using } from './slack-channels.ts'
import type { SlackStandIn } from './slack-stand-in.ts'

describe('a doctor', () => {
  type Arrange = (far: SlackStandIn) => void
  const lookingAt = async (made: Channel) => {
    const findings = await made.check(longEnough())
    expect(JSON.stringify(findings)).not.toMatch(leaks)
    return findings
  }
  const bad = (what: RegExp) => ({ type: 'bad', what: expect.stringMatching(what) })

  test.each<readonly [string, Arrange, object]>([
    ['a revoked token', (far) => (far.workspace.isTokenRevoked = true), bad(/token_revoked/)],
    [
      'no chat:write',
      (far) => void far.workspace.scopes.delete('chat:write'),
      bad(/scope chat:write/),
    ],
    ['a channel it is not in', (far) => (far.workspace.isMember = false), bad(/not_in_channel/)],
    [
      'a channel whose history is shut',
      (far) => far.fail({ error: 'is_archived' }, 'conversations.history'),
      bad(/archived/),
    ],
    ['a page', (far) => far.fail('page', 'auth.test'), bad(/own words/)],
    ['half an answer', (far) => far.fail('half an answer, posted', 'auth.test'), bad(/own words/)],
    ['a redirect', (far) => far.fail('redirect', 'auth.test'), bad(/redirect/)],
    ['a reset', (far) => far.fail('reset', 'auth.test'), bad(/connection broke/)],
    ['a 503', (far) => far.fail('503', 'auth.test'), bad(/503/)],
  ])('of a bot finds %s', async (_, arrange, finding) => {
    const { far, bot } = await botAt()
    arrange(far)
    expect(await lookingAt(bot)).toContainEqual(expect.objectContaining(finding))
    expect(far.messages()).toEqual([])
    expect(far.violations).toEqual([])
  })

  test('of a bot finds a token that is not one', async () => {
    const { far } = await botAt()
    const { channel, apiUrl } = far
    const bot = using(slackBot({ token: 'xoxb-other', channel, apiUrl }))
    expect(await lookingAt(bot)).toEqual([expect.objectContaining(bad(/invalid_auth/))])
  })

  test('of a bot that may not read the channel says that a repeat may show twice', async () => {
    const { far, bot } = await botAt()
    far.workspace.scopes.delete('channels:history')
    const findings = await lookingAt(bot)
    const what = expect.stringMatching(/twice/)
    expect(findings).toContainEqual(expect.objectContaining({ type: 'unproven', what }))
    expect(findings.map(({ type }) => type)).toEqual(['good', 'unproven', 'unproven'])
  })

  test('of a bot cannot see that the channel is archived: it can still be read', async () => {
    const { far, bot, send } = await botAt()
    far.workspace.isArchived = true
    expect((await lookingAt(bot)).map(({ type }) => type)).toEqual(['good', 'good', 'unproven'])
    expect(said(await send())).toEqual(destination)
  })

  test.each<readonly [string, Arrange, RegExp]>([
    ['a dead webhook', (far) => (far.workspace.hookRefusal = 'no_service'), /no_service/],
    ['one without hooks', (far) => (far.workspace.hookRefusal = 'no_active_hooks'), /no_active/],
    ['a wrong one', (far) => (far.workspace.hookRefusal = 'invalid_token'), /invalid_token/],
    ['a page', (far) => far.fail('page', 'webhook'), /own words/],
    ['a redirect', (far) => far.fail('redirect', 'webhook'), /redirect/],
    ['a reset', (far) => far.fail('reset', 'webhook'), /connection broke/],
    [
      'one that takes an empty message',
      (far) => far.fail({ status: 200, text: 'ok' }, 'webhook'),
      /empty message/,
    ],
  ])('of a webhook finds %s', async (_, arrange, what) => {
    const { far, hook } = await hookAt()
    arrange(far)
    expect(await lookingAt(hook)).toEqual([expect.objectContaining(bad(what))])
    expect(far.messages()).toEqual([])
  })

  test.each(['no_text', 'missing_text_or_fallback_or_attachments', 'invalid_payload'])(
    'of a webhook knows a living one by %s',
    async (text) => {
      const { far, hook } = await hookAt()
      far.fail({ status: 400, text }, 'webhook')
      expect((await lookingAt(hook)).map(({ type }) => type)).toEqual(['good', 'unproven'])
    },
  )

  test('of another server posts nothing to it', async () => {
    const { far } = await hookAt()
    const url = far.serverUrl('mattermost')
    const hook = using(slackWebhook({ url, dialect: 'mattermost' }))
    expect((await lookingAt(hook)).map(({ type }) => type)).toEqual(['good', 'unproven'])
    expect(far.messages()).toEqual([])
    expect(far.violations).toEqual([])
  })
})
