/** Slack, as a bot or by an incoming webhook; servers that take Slack's webhooks, too. */
import type { Channel } from '../channel.ts'
import { channel } from '../sender.ts'
import { botAdapter, type SlackBotOptions } from './bot.ts'
import { hookAdapter, type SlackWebhookOptions } from './hook.ts'

export type { SlackBotOptions } from './bot.ts'
export type { Dialect } from './dialect.ts'
export type { SlackWebhookOptions } from './hook.ts'
export type { Mentions } from './mention.ts'

/**
 * @throws {TypeError} if the token, a mention or the API's URL is not one.
 * @example
 * ```ts
 * import { slackBot } from 'afk-loop/channels/slack'
 *
 * const team = slackBot({
 *   token: 'xoxb-secret',
 *   channel: 'C0123456789',
 *   mention: { frozen: ['here'] },
 * })
 * ```
 */
export function slackBot(options: SlackBotOptions): Channel {
  return channel(botAdapter(options))
}

/**
 * @throws {TypeError} if the URL is not `http(s)`, or a mention is not one.
 * @example
 * ```ts
 * import { slackWebhook } from 'afk-loop/channels/slack'
 *
 * const team = slackWebhook({ url: 'https://chat.example/hooks/abc', dialect: 'mattermost' })
 * ```
 */
export function slackWebhook(options: SlackWebhookOptions): Channel {
  return channel(hookAdapter(options))
}
