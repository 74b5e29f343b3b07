/**
 * The one comment that is AFK's, between two markers below the body. Pure.
 *
 * Ours is the last pair of markers whose seal fits what stands between them, else the last pair; a
 * marker that merely occurs in a text is part of that text. What stands below ours is a person's and
 * stays. What a person changed between the markers is theirs as well: the seal tells, and their version
 * is moved below ours when that is written anew. A comment's own text cannot hold a marker.
 */
import { linesOf, type Span, splice } from './lines.ts'

export const commentMarker = '<!-- afk: below this line AFK writes -->'
const endMarker = /^<!-- afk: above this line AFK wrote, seal ([0-9a-f]{16}) -->$/

export type Seal = (text: string) => string

type Comment = Span & {
  /** Between the markers. */
  readonly inner: Span
  readonly seal: string
  /** Nobody changed it since AFK wrote it. */
  readonly isIntact: boolean
}

/** What a person wrote above our comment, without blank lines around it. Lines end in `\n`. */
export function bodyOf(rest: string, seal: Seal): string {
  const comment = findComment(rest, seal)
  const body = comment === null ? rest : rest.slice(0, comment.from)
  return body
    .replaceAll('\r\n', '\n')
    .replace(/^(?:[ \t]*\n)+/, '')
    .trimEnd()
}

type Placing = { readonly comment: string; readonly eol: string; readonly seal: Seal }

/** `rest`: all below the front matter. Returns it with the comment made or edited in place. */
export function placeComment(rest: string, { comment, eol, seal }: Placing): string {
  const said = harmless(comment)
  const sealed = seal(plain(said))
  const end = `<!-- afk: above this line AFK wrote, seal ${sealed} -->`
  const block = [commentMarker, ...said.split('\n'), end].join(eol)
  const before = findComment(rest, seal)
  if (before === null) return rest + gapAfter(rest, eol) + block + eol
  if (!before.isIntact) {
    const theirs = rest.slice(before.inner.from, before.inner.to).trimEnd()
    return splice(rest, before, theirs === '' ? block : block + eol + eol + theirs)
  }
  return before.seal === sealed ? rest : splice(rest, before, block)
}

function findComment(rest: string, seal: Seal): Comment | null {
  let begun: { from: number; inner: number } | null = null
  let intact: Comment | null = null
  let last: Comment | null = null
  for (const { from, to, next } of linesOf(rest)) {
    if (!rest.startsWith('<!-- afk:', from)) continue
    const line = rest.slice(from, to).trimEnd()
    const sealed = endMarker.exec(line)?.[1]
    if (line === commentMarker) begun = { from, inner: next }
    else if (sealed !== undefined && begun !== null) {
      const inner = { from: begun.inner, to: from }
      const isIntact = seal(plain(rest.slice(inner.from, inner.to))) === sealed
      last = { from: begun.from, to: from + line.length, inner, seal: sealed, isIntact }
      if (isIntact) intact = last
      begun = null
    }
  }
  return intact ?? last
}

/** One blank line between the body and the comment, whatever the body ends with. */
function gapAfter(rest: string, eol: string): string {
  if (rest.trim() === '') return rest === '' || rest.endsWith('\n') ? '' : eol
  if (/\n\r?\n$/.test(rest.slice(-3))) return ''
  return rest.endsWith('\n') ? eol : eol + eol
}

/** What an editor does in passing is no edit: how lines end, and blanks before that. */
function plain(text: string): string {
  const lines = text.split('\n').map((line) => line.trimEnd())
  return lines.join('\n').trimEnd()
}

function harmless(comment: string): string {
  return comment
    .toWellFormed()
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(/(?![\t\n])\p{Cc}/gu, '\ufffd')
    .replaceAll('<!-- afk:', '&lt;!-- afk:')
    .replace(/\n$/, '')
}
