/**
 * What others wrote, and links, in Markdown. Pure.
 *
 * Their text stands as code and as nothing else: there no name calls anybody, no number refers to an issue, no word
 * closes one, and no markup, HTML or address is any. A link is `http` or `https`, and leads where it says; of any
 * other address only the label is left.
 */
import { plain } from '../doorbell/text.ts'
import { folded } from './folded.ts'

const codeMax = 300
const quoteMax = 1_500
const urlMax = 300

/** In one line, and cut. */
export function code(text: string, max = codeMax): string {
  const line = folded(text, max)
  return line === '' ? '` `' : span(line)
}

/** Line by line, and cut. */
export function quoted(text: string): string {
  const points = Array.from(
    plain(text)
      .trim()
      .replace(/\n{3,}/g, '\n\n'),
  )
  const shown = points.length <= quoteMax ? points : [...points.slice(0, quoteMax - 1), '…']
  const lines = shown.join('').split('\n')
  return lines.map((line) => (line.trim() === '' ? '>' : `> ${span(line.trimEnd())}`)).join('\n')
}

/** `label` is Markdown: `code`, or words of ours. */
export function linked(label: string, url: string | null): string {
  return url === null || !isLink(url) ? label : `[${label}](<${url.replaceAll('&', '&amp;')}>)`
}

/** Where GitHub would note that it was named: in somebody's issue, pull request or discussion. */
export function leavesTraces(url: string): boolean {
  return /\/(?:issues|pulls?|discussions|merge_requests)\/\d/i.test(decoded(url))
}

/** Fenced by one backtick more than there are in a row within. */
function span(line: string): string {
  const longest = (line.match(/`+/g) ?? []).reduce((most, { length }) => Math.max(most, length), 0)
  const fence = '`'.repeat(longest + 1)
  const room = /^`|`$/.test(line) ? ' ' : ''
  return `${fence}${room}${line}${room}${fence}`
}

/** Nobody's name before the host: it would pass for one. */
function isLink(url: string): boolean {
  const isPlain = /^https?:\/\/[^/?#@]+(?:[/?#]|$)/i.test(url) && /^[!-~]+$/.test(url)
  return isPlain && !/["<>\\^`{|}]/.test(url) && url.length <= urlMax && URL.canParse(url)
}

function decoded(url: string): string {
  return url.replace(/%([2-7][0-9a-f])/gi, (_, byte: string) =>
    String.fromCharCode(parseInt(byte, 16)),
  )
}
