/**
 * A notification's text within a receiver's limit. Pure.
 *
 * What is cut is the detail, and only the detail: the thread's link and the notes (who reported the
 * ring, how late it is) stand below it whatever its length, so that no text can push them out. A link
 * too long to stand whole is left out: a cut link is another link.
 */
import { byteLength, cut } from './cut.ts'
import { type Notification, threadLine } from './notification.ts'

type Said = Pick<Notification, 'body' | 'link'>

/** The body, then a line for each note, in at most `maxBytes` UTF-8 bytes. */
export function fit(notification: Said, notes: readonly string[], maxBytes: number): string {
  const { detail, link, below } = partsOf(notification, notes)
  const thread = link === null ? '' : threadLine(link)
  const tail = byteLength(thread + below) <= maxBytes ? thread + below : cut(below, maxBytes)
  return cut(detail, maxBytes - byteLength(tail)) + tail
}

export type Parts = {
  /** What may be cut. */
  readonly detail: string
  /** The thread's link, where the body ends in its line. */
  readonly link: string | null
  /** The notes, each on a line of its own, the first one too. */
  readonly below: string
}

export function partsOf({ body, link }: Said, notes: readonly string[]): Parts {
  const shown = link !== null && body.endsWith(threadLine(link)) ? link : null
  const detail = shown === null ? body : body.slice(0, body.length - threadLine(shown).length)
  return { detail, link: shown, below: notes.map((note) => `\n${note}`).join('') }
}
