/**
 * A ring as a Slack message. Pure. https://docs.slack.dev/reference/block-kit
 *
 * `text` says everything, because screen readers and notifications read nothing else; where there are
 * blocks Slack shows these instead. The coloured bar is an attachment with the context line alone, so
 * that nothing is shown twice. Everything fits Slack's limits, of which the tightest is the text's: over
 * about 4,000 characters Slack splits or repeats a message.
 */
import type { KnownBlock } from '@slack/types'

import type { TerminalKind } from '../../doorbell/kinds.ts'
import type { Message } from '../channel.ts'
import { mentionText, type Mentions } from './mention.ts'
import { cutSpelled, lookAlike, MRKDWN, spellBody } from './spell.ts'

/** One message a second in a channel: https://docs.slack.dev/apis/web-api/rate-limits */
export const SLACK_PACE = { burst: 1, everyMs: 1_000 }

export type SlackText = {
  readonly text: string
  readonly unfurl_links: false
  readonly unfurl_media: false
}

export type SlackPayload = SlackText & {
  readonly blocks: readonly KnownBlock[]
  readonly attachments: ReadonlyArray<{
    readonly color: string
    readonly blocks: readonly KnownBlock[]
  }>
}

type Said = Pick<Message, 'notification' | 'notes'>

export function slackPayload(message: Said, mentions: Mentions): SlackPayload {
  const { kind, title, issueRef, tags } = message.notification
  const mention = mentionText(mentions, kind)
  const body = spellBody(message, MRKDWN, maxSection)
  const context = cutSpelled([issueRef, ...tags].join(' · '), MRKDWN.text, maxContext)
  return {
    ...slackText(message, {}),
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: cutSpelled(title, lookAlike, maxHeader), emoji: false },
      },
      ...(mention === null ? [] : [section(mention)]),
      ...(body === '' ? [] : [section(body)]),
    ],
    attachments: [
      {
        color: colours[kind],
        blocks: [
          { type: 'context', elements: [{ type: 'mrkdwn', text: context, verbatim: true }] },
        ],
      },
    ],
  }
}

/** The same without blocks: for a receiver that refuses them. */
export function slackText(message: Said, mentions: Mentions): SlackText {
  const mention = mentionText(mentions, message.notification.kind)
  const spelled = cutSpelled(message.notification.title, MRKDWN.text, maxTitle)
  const title = mention === null ? spelled : `${mention} ${spelled}`
  const body = spellBody(message, MRKDWN, maxText - title.length - 1)
  const text = body === '' ? title : `${title}\n${body}`
  return { text, unfurl_links: false, unfurl_media: false }
}

const maxText = 3_900
const maxTitle = 600
const maxHeader = 150
const maxSection = 3_000
const maxContext = 600

const colours: Readonly<Record<TerminalKind, string>> = {
  done: '#2eb67d',
  'needs-human': '#ecb22e',
  frozen: '#e01e5a',
}

/** `verbatim`: without it Slack makes links, and some mentions, out of plain words. */
function section(text: string): KnownBlock {
  return { type: 'section', text: { type: 'mrkdwn', text, verbatim: true } }
}
