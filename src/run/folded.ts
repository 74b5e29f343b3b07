/** Text of somebody else's as one line of at most `max` code points. Pure. */
import { plain } from '../doorbell/text.ts'

export function folded(text: string, max: number): string {
  const line = plain(text)
    .trim()
    .replace(/\s*\n\s*/g, ' / ')
    .replace(/\t/g, ' ')
  const points = Array.from(line)
  return points.length <= max ? line : `${points.slice(0, max - 1).join('')}…`
}
