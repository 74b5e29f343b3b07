/** A bot and a webhook at a Slack stand-in, and what they may say of how it went. */
import { expect, onTestFinished } from 'vitest'

import type { Channel, Message } from '../src/channels/channel.ts'
import { slackBot, slackWebhook } from '../src/channels/slack/slack.ts'
import type { Outcome } from '../src/doorbell/outcome.ts'
import { message } from './message.ts'
import type { WorkspaceOptions } from './slack-stand-in-workspace.ts'
import { slackStandIn } from './slack-stand-in.ts'

export const longEnough = () => AbortSignal.timeout(10_000)
export const using = (made: Channel) => {
  onTestFinished(() => made.close())
  return made
}

export async function botAt(options: WorkspaceOptions = {}) {
  const far = await slackStandIn(options)
  onTestFinished(() => far.close())
  const { token, channel, apiUrl } = far
  const bot = using(slackBot({ token, channel, apiUrl }))
  return { far, bot, send: sender(bot), repeat: repeater(bot) }
}

export async function hookAt(options: WorkspaceOptions = {}) {
  const far = await slackStandIn(options)
  onTestFinished(() => far.close())
  const hook = using(slackWebhook({ url: far.hookUrl, dialect: 'slack' }))
  return { far, hook, send: sender(hook) }
}

export const sender =
  (made: Channel) =>
  (ring: Message = message(), signal = longEnough()) =>
    made.send(ring, signal)
export const repeater =
  (made: Channel) =>
  (ring: Message = message()) =>
    made.send({ ...ring, mayHaveArrivedSince: Date.now() - 1_000 }, longEnough())

export const leaks =
  /secret|xoxb|127\.0\.0\.1|\/hooks|\/services|errored before push|html|someone else/

/** What an outcome says, without its sentence; the sentence must tell nothing that it should not. */
export const said = (outcome: Outcome) => {
  expect(JSON.stringify(outcome)).not.toMatch(leaks)
  if (outcome.type === 'accepted') return outcome
  const { detail, ...rest } = outcome
  expect(detail).toMatch(/\w/)
  return rest
}

export const slowDown = { type: 'deferred', code: 'rate-limited', retryAfterMs: 30_000 }
export const perhaps = { type: 'unknown', code: 'server' }
export const later = { type: 'deferred', code: 'rate-limited', notBeforeMs: expect.any(Number) }
export const credential = { type: 'refused', code: 'credential' }
export const destination = { type: 'refused', code: 'not-found' }
export const payload = { type: 'refused', code: 'invalid' }
export const tooLarge = { type: 'refused', code: 'too-large' }
