/**
 * The id of a new ring: `ring_` and a UUIDv7 (RFC 9562), so that ids sort by time. Randomness is drawn
 * from the system in pages: drawn for each id, it would be a tenth of the work of accepting one.
 */
import { v7 as uuidv7 } from 'uuid'

const page = new Uint8Array(4_096)
let used = page.length

export function ringId(now: number): string {
  return `ring_${uuidv7({ msecs: now, rng: random })}`
}

function random(): Uint8Array {
  if (used === page.length) {
    crypto.getRandomValues(page)
    used = 0
  }
  used += 16
  return page.slice(used - 16, used)
}
