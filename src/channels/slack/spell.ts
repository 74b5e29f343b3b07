/**
 * Foreign text, spelled so that a chat server shows it and does nothing else with it. Pure.
 *
 * Lengths are UTF-16 units after spelling: Slack does not say what its "characters" are, and this
 * count is the safe one. What is cut is the detail (doorbell/fit.ts), never in the middle of a
 * character or of its spelling.
 */
import { partsOf } from '../../doorbell/fit.ts'
import type { Message } from '../channel.ts'

export type Spelling = {
  readonly text: (text: string) => string
  readonly link: (url: string) => string
}

/** Slack decodes these three entities and no other: https://docs.slack.dev/messaging/formatting-message-text */
export const MRKDWN: Spelling = { text: escaped, link: (url) => `<${escaped(url)}>` }

/** Elsewhere nothing is known to be decoded: a zero-width space breaks mentions and links apart. */
export const BROKEN: Spelling = {
  text: (text) => text.replace(/[@<\]]/g, '$&\u200b'),
  link: (url) => url,
}

/** For Slack's `plain_text`, of which nobody says whether entities are decoded. */
export function lookAlike(text: string): string {
  return text.replaceAll('&', '＆').replaceAll('<', '‹').replaceAll('>', '›')
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** The body and the notes, in at most `maxUnits`. */
export function spellBody(
  { notification, notes }: Pick<Message, 'notification' | 'notes'>,
  { text, link: spellLink }: Spelling,
  maxUnits: number,
): string {
  const { detail, link, below } = partsOf(notification, notes)
  const thread = link === null ? '' : `\nThread: ${spellLink(link)}`
  const spelled = thread + text(below)
  const tail = spelled.length <= maxUnits ? spelled : cutSpelled(below, text, maxUnits)
  return (cutSpelled(detail, text, maxUnits - tail.length) + tail).trim()
}

/** Ends in `…` where something was cut. */
export function cutSpelled(
  text: string,
  spell: (text: string) => string,
  maxUnits: number,
): string {
  const whole = spell(text)
  if (whole.length <= maxUnits) return whole
  let short = ''
  for (const character of text) {
    const spelled = spell(character)
    if (short.length + spelled.length >= maxUnits) break
    short += spelled
  }
  return maxUnits < 1 ? '' : `${short}…`
}
