/** How a person reads a Slack message: its parts, and what its mrkdwn shows. Pure. */
import type { SlackMessage } from './slack-side.ts'

type Bag = Readonly<Record<string, unknown>>

/** Empty where there is none. `section` is the last one: the ones above call somebody. */
export function partsOf({ blocks, attachments }: SlackMessage) {
  const all = [...blocks, ...attachments.flatMap((each) => below(each, 'blocks'))]
  const last = (type: string) => all.findLast((each) => (Object(each) as Bag)['type'] === type)
  const [element] = below(last('context'), 'elements')
  return {
    header: textOf(last('header')),
    section: textOf(last('section')),
    context: spelled(element),
  }
}

/** Every mrkdwn of a message, as it was sent. */
export function mrkdwnIn({ text, blocks, attachments }: SlackMessage): readonly string[] {
  return [text, ...[...blocks, ...attachments].flatMap(mrkdwnBelow)]
}

/** Whom a message calls, in its order: users, groups, `here` and the like. */
export function mentionsIn(message: SlackMessage): readonly string[] {
  const raw = mrkdwnIn(message).flatMap((text) => [...text.matchAll(/<[!@#][^<>]*>/g)])
  return raw.map(([token]) => token)
}

/** Links without their brackets, and the three entities decoded. */
export function shown(mrkdwn: string): string {
  return mrkdwn
    .replaceAll(/<([a-z][\w+.-]*:\/\/[^<>|]*)>/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
}

function mrkdwnBelow(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const { type, text } = value as Bag
  const own = type === 'mrkdwn' && typeof text === 'string' ? [text] : []
  return [...own, ...Object.values(value).flatMap(mrkdwnBelow)]
}

function below(value: unknown, key: string): readonly unknown[] {
  const found = (Object(value) as Bag)[key]
  return Array.isArray(found) ? (found as unknown[]) : []
}

function textOf(block: unknown): string {
  return spelled((Object(block) as Bag)['text'])
}

function spelled(object: unknown): string {
  const text = (Object(object) as Bag)['text']
  return typeof text === 'string' ? text : ''
}
