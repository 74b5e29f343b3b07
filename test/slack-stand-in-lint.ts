/**
 * What Slack would let pass in a message although no sender should do it, for the stand-in. Pure.
 *
 * Every piece of mrkdwn is looked at wherever it stands: nothing in it may mention anybody but those
 * whom the owner has set, no label may hide where a link leads, and nothing may be left to Slack's guess.
 */
import type { Asked } from './slack-stand-in-limits.ts'

type Bag = Readonly<Record<string, unknown>>

/** `mentions`: raw ones that are allowed, such as `<!here>`. */
export function lint(asked: Asked & Bag, mentions: readonly string[]): readonly string[] {
  const text = typeof asked.text === 'string' ? asked.text : ''
  const objects = [...textObjects(asked.blocks), ...textObjects(asked.attachments)]
  return [
    ...(text === '' ? ['no text for a screen reader'] : []),
    ...(text.length > 4_000 ? ['text that Slack would split'] : []),
    ...markup(text, mentions),
    ...objects.flatMap((object) => complaints(object, mentions)),
    ...colours(asked.attachments),
    ...['unfurl_links', 'unfurl_media']
      .filter((key) => asked[key] !== false)
      .map((key) => `${key} is not false`),
  ]
}

function complaints({ type, text, verbatim, emoji }: Bag, mentions: readonly string[]) {
  if (typeof text !== 'string') return []
  if (type === 'mrkdwn')
    return [...markup(text, mentions), ...(verbatim === true ? [] : ['mrkdwn is not verbatim'])]
  return [
    ...(/[<>&]/.test(text) ? ['an entity in plain_text'] : []),
    ...(emoji === false ? [] : ['plain_text makes emoji']),
  ]
}

function markup(text: string, mentions: readonly string[]): readonly string[] {
  const tokens = [...text.matchAll(/<[^<>]*>/g)].map(([token]) => token)
  const left = text.replaceAll(/<[^<>]*>/g, '')
  return [
    ...tokens
      .filter((token) => !mentions.includes(token) && !/^<[a-z][\w+.-]*:\/\/[^|\s]+>$/.test(token))
      .map((token) => `raw ${token}`),
    ...(/[<>]/.test(left) ? ['a bare angle bracket'] : []),
    ...(/&(?!(?:amp|lt|gt);)/.test(text) ? ['a bare ampersand'] : []),
  ]
}

/** Slack shows nothing but `#rrggbb` beside the blocks of an attachment. */
function colours(attachments: unknown): readonly string[] {
  const each = Array.isArray(attachments) ? (attachments as unknown[]) : []
  return each
    .map((one) => (Object(one) as Bag)['color'])
    .filter((color) => !/^#[0-9a-f]{6}$/i.test(String(color)))
    .map((color) => `colour ${String(color)}`)
}

/** Everything with a `text` of its own, at any depth. */
function textObjects(value: unknown): readonly Bag[] {
  if (typeof value !== 'object' || value === null) return []
  const own = value as Bag
  const below = Object.values(own).flatMap(textObjects)
  return typeof own['text'] === 'string' ? [own, ...below] : below
}
