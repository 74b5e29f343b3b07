/** An id that anybody makes alike who knows what it is for, in the form of a UUID. */
import { createHash } from 'node:crypto'

export function derivedId(...parts: ReadonlyArray<string | number>): string {
  const hash = createHash('sha256')
    .update(JSON.stringify(['afk', ...parts]))
    .digest()
  // RFC 9562: version 8, of its maker's own making.
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x80
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  const hex = hash.toString('hex')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-')
}
