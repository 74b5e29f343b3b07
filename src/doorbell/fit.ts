/**
 * A notification's text within a receiver's byte limit. Pure.
 *
 * What is cut is the detail, and only the detail: the thread's link and the notes (who reported the
 * ring, how late it is) stand below it whatever its length, so that no text can push them out. A link
 * too long to stand whole is left out: a cut link is another link.
 */
import { byteLength, cut } from './cut.ts'
import { type Notification, threadLine } from './notification.ts'

/** The body, then a line for each note, in at most `maxBytes` UTF-8 bytes. */
export function fit(
  notification: Pick<Notification, 'body' | 'link'>,
  notes: readonly string[],
  maxBytes: number,
): string {
  const { body, link } = notification
  const thread = link !== null && body.endsWith(threadLine(link)) ? threadLine(link) : ''
  const detail = body.slice(0, body.length - thread.length)
  const below = notes.map((note) => `\n${note}`).join('')
  const tail = byteLength(thread + below) <= maxBytes ? thread + below : cut(below, maxBytes)
  return cut(detail, maxBytes - byteLength(tail)) + tail
}
