/**
 * The one comment that is AFK's, between two markers below the body. Pure.
 *
 * Ours are the last line that ends a comment and the last before it that begins one; a marker that
 * merely occurs in a text is part of that text. What stands below ours is a person's and stays. What a
 * person changed between the markers is theirs as well: the seal in the end marker tells, and their
 * version is moved below ours before a new one is written. A comment's own text cannot hold a marker.
 */
import { linesOf, type Span, splice } from './lines.ts'

export const commentMarker = '<!-- afk: below this line AFK writes -->'
const endMarker = /^<!-- afk: above this line AFK wrote, seal ([0-9a-f]{16}) -->$/

export type Seal = (text: string) => string

type Comment = Span & {
  /** Between the markers. */
  readonly inner: Span
  readonly seal: string
}

/** What a person wrote above our comment, without blank lines around it. Lines end in `\n`. */
export function bodyOf(text: string): string {
  const comment = findComment(text)
  const body = comment === null ? text : text.slice(0, comment.from)
  return body
    .replaceAll('\r\n', '\n')
    .replace(/^(?:[ \t]*\n)+/, '')
    .trimEnd()
}

type Placing = { readonly comment: string; readonly eol: string; readonly seal: Seal }

/** `rest`: all below the front matter. Returns it with the comment made or edited in place. */
export function placeComment(rest: string, { comment, eol, seal }: Placing): string {
  const lines = harmless(comment).split('\n')
  const sealed = seal(lines.join('\n'))
  const end = `<!-- afk: above this line AFK wrote, seal ${sealed} -->`
  const block = [commentMarker, ...lines, end].join(eol)
  const before = findComment(rest)
  if (before === null) return rest + gapAfter(rest, eol) + block + eol
  const inner = rest.slice(before.inner.from, before.inner.to)
  const theirs = seal(plain(inner)) === before.seal ? '' : `${eol}${eol}${inner.trimEnd()}`
  if (theirs === '' && before.seal === sealed) return rest
  return splice(rest, before, block + theirs)
}

/** From the last marker that begins a comment, to where the last one that ends it does. */
function findComment(text: string): Comment | null {
  let begun: { from: number; inner: number } | null = null
  let found: Comment | null = null
  for (const { from, to, next } of linesOf(text)) {
    const line = text.slice(from, to).trimEnd()
    const seal = line.startsWith('<!--') ? endMarker.exec(line)?.[1] : undefined
    if (line === commentMarker) begun = { from, inner: next }
    else if (seal !== undefined && begun !== null)
      found = { from: begun.from, to: from + line.length, inner: { from: begun.inner, to: from }, seal }
  }
  return found
}

/** One blank line between the body and the comment, whatever the body ends with. */
function gapAfter(rest: string, eol: string): string {
  if (rest.trim() === '') return rest === '' || rest.endsWith('\n') ? '' : eol
  if (/\n[ \t]*\r?\n$/.test(rest)) return ''
  return rest.endsWith('\n') ? eol : eol + eol
}

/** What an editor does to lines in passing is no edit: their ends, and blanks before them. */
function plain(text: string): string {
  return text
    .replaceAll(/[ \t]*\r?\n/g, '\n')
    .replace(/\n$/, '')
}

function harmless(comment: string): string {
  const text = comment.toWellFormed().replaceAll(/\r\n?/g, '\n').replaceAll('\0', '\ufffd')
  return plain(text.replaceAll('<!-- afk:', '&lt;!-- afk:').replaceAll(/[ \t]+$/g, ''))
}
