/**
 * Posts to an incoming webhook, Slack's or a compatible server's: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
 *
 * A webhook answers with no name for the message and takes no handle: nothing can be looked up, and
 * nobody folds a repeat. A try that got no answer may therefore show twice. Nothing else repeats.
 */
import type { Adapter } from '../channel.ts'
import { exchange } from '../exchange.ts'
import { unanswered } from '../http.ts'
import { targetOf } from '../target.ts'
import { hooked, isAboutBlocks } from './answer.ts'
import { checkHook } from './check.ts'
import { type Dialect, dialectOf, plainPayload } from './dialect.ts'
import { assertMentions, type Mentions } from './mention.ts'
import { SLACK_PACE, slackPayload, slackText } from './payload.ts'

export type SlackWebhookOptions = {
  /** Holds a secret, and is never shown. */
  readonly url: string
  /** Whose webhook it is. Default: by its host, and `generic` for a host that is not known. */
  readonly dialect?: Dialect
  /** Whom a kind calls; only in Slack itself. */
  readonly mention?: Mentions
}

export function hookAdapter(options: SlackWebhookOptions): Adapter {
  const { url, mention = {} } = options
  const target = targetOf(url)
  if (target === null) throw new TypeError('a Slack webhook is an http(s) URL')
  assertMentions(mention)
  const dialect = options.dialect ?? dialectOf(url)
  const { origin, path, authorization } = target
  const far = exchange(origin)
  const headers = { 'content-type': 'application/json', ...authorization }
  const post = (content: object, signal: AbortSignal) =>
    far.request({ method: 'POST', path, headers, body: JSON.stringify(content), signal })

  return {
    type: 'slack',
    pace: SLACK_PACE,

    async send(message, signal) {
      const content =
        dialect === 'slack' ? slackPayload(message, mention) : plainPayload(message, dialect)
      try {
        const answer = await post(content, signal)
        if (dialect !== 'slack' || !isAboutBlocks(answer))
          return hooked(answer, dialect, Date.now())
        return hooked(await post(slackText(message, mention), signal), dialect, Date.now())
      } catch (error) {
        return unanswered(error, { timedOut: signal.aborted })
      }
    },

    check: (signal) => checkHook({ dialect, post, far, path }, signal),
    close: () => far.close(),
  }
}
