/** The last 200 lines of what a command printed, 32 KiB at most, as plain text. Pure. */
import { byteLength } from '../doorbell/cut.ts'
import { plain } from '../doorbell/text.ts'

export function lastLines(printed: string): string {
  const lines = plain(printed).trimEnd().split('\n').slice(-MOST_LINES)
  const text = lines.join('\n')
  if (byteLength(text) <= MOST_BYTES) return text
  const end = new TextEncoder().encode(text).subarray(-MOST_BYTES)
  // A character that was cut in two comes out as replacement characters.
  return new TextDecoder().decode(end).replace(/^\uFFFD+/, '')
}

const MOST_LINES = 200
const MOST_BYTES = 32 * 1024
