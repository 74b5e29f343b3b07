/**
 * Posts to one Slack conversation as a bot: https://docs.slack.dev/reference/methods/chat.postMessage
 *
 * The handle goes along as message metadata. Before a repeat of a try that may have arrived, Slack is
 * asked whether it has the message: the bot needs a history scope for that, and without one a repeat
 * may show twice. So may one with more than twenty pages of messages after it. A look-up that fails for a reason that passes defers the repeat. Blocks that Slack
 * refuses are sent once more as plain text, in the same try.
 */
import type { Failed, Outcome } from '../../doorbell/outcome.ts'
import type { Adapter, Message } from '../channel.ts'
import { type Answer, exchange } from '../exchange.ts'
import { unanswered } from '../http.ts'
import { targetOf } from '../target.ts'
import { apiFailure, isAboutBlocks, json, posted } from './answer.ts'
import { slackApi } from './api.ts'
import { checkBot } from './check.ts'
import { meaningOf } from './codes.ts'
import { EVENT_TYPE, readPage } from './history.ts'
import { assertMentions, type Mentions } from './mention.ts'
import { SLACK_PACE, slackPayload, slackText } from './payload.ts'

export type SlackBotOptions = {
  /** A bot token, `xoxb-…`, with the scope `chat:write`; `channels:history` (or `groups:`, `im:history`) for the look-up. */
  readonly token: string
  /** The conversation's id: `C…`, `G…` or `D…`. Names change. */
  readonly channel: string
  /** Whom a kind calls; nobody else can be mentioned. */
  readonly mention?: Mentions
  /** Default `https://slack.com/api/`; GovSlack has another. */
  readonly apiUrl?: string
}

export function botAdapter(options: SlackBotOptions): Adapter {
  const { token, channel, mention = {}, apiUrl = 'https://slack.com/api/' } = options
  const target = targetOf(apiUrl)
  if (target === null) throw new TypeError('a Slack API is an http(s) URL')
  if (!/^[\x21-\x7e]+$/.test(token)) throw new TypeError('a Slack token is printable ASCII')
  assertMentions(mention)
  const api = slackApi(exchange(target.origin), { path: target.path, token })

  return {
    type: 'slack',
    pace: SLACK_PACE,

    async send(message, signal) {
      try {
        const known = await lookUp(message, signal)
        return known ?? (await post(message, signal))
      } catch (error) {
        return unanswered(error, { timedOut: signal.aborted })
      }
    },

    check: (signal) => checkBot(api, channel, signal),
    close: () => api.close(),
  }

  async function post(message: Message, signal: AbortSignal): Promise<Outcome> {
    const payload = { handle: message.handle }
    const frame = { channel, metadata: { event_type: EVENT_TYPE, event_payload: payload } }
    const say = (content: object) => api.post('chat.postMessage', { ...content, ...frame }, signal)
    const answer = await say(slackPayload(message, mention))
    if (!isAboutBlocks(answer)) return posted(answer, Date.now())
    return posted(await say(slackText(message, mention)), Date.now())
  }

  /** Null: nothing is known, post. */
  async function lookUp(message: Message, signal: AbortSignal): Promise<Outcome | null> {
    const { mayHaveArrivedSince, handle } = message
    if (mayHaveArrivedSince === null) return null
    // Slack's clock may run behind ours.
    const oldest = String(Math.floor(mayHaveArrivedSince / 1_000) - 60)
    const query = { channel, oldest, inclusive: 'true', include_all_metadata: 'true', limit: '200' }
    let cursor: string | null = ''
    for (let pages = 0; cursor !== null && pages < maxPages; pages += 1) {
      const ask = cursor === '' ? query : { ...query, cursor }
      const answer = await read(ask, signal)
      if ('type' in answer) return answer
      if (json(answer.text)['ok'] !== true) return hindrance(answer)
      const page = readPage(json(answer.text), handle)
      if (page.found !== null) return { type: 'accepted', reference: `${channel}/${page.found}` }
      cursor = page.next
    }
    return null
  }

  /** Nothing was posted by a look-up, however it ended. */
  async function read(query: Readonly<Record<string, string>>, signal: AbortSignal) {
    try {
      return await api.read('conversations.history', query, signal)
    } catch (error) {
      const failed = unanswered(error, { timedOut: signal.aborted })
      return unasked(failed)
    }
  }
}

const maxPages = 20

/** Null: this bot may not look, so it posts unasked; what is wrong with its token, the post will say. */
function hindrance(answer: Answer): Outcome | null {
  const { error } = json(answer.text)
  const failed = apiFailure(answer, Date.now())
  const isNews = typeof error === 'string' && meaningOf(error) === undefined
  return failed.type === 'refused' || isNews ? null : unasked(failed)
}

/** Nothing was posted, however the look-up ended. */
function unasked({ detail, ...failed }: Failed): Failed {
  return { ...failed, type: 'deferred', detail: `asked whether it has the ring: ${detail}` }
}
