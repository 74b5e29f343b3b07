/**
 * Whether a delivery is GitHub's, and whether it came before.
 *
 * Only the raw bytes are signed. A header that is missing, or of another form, is no signature; what is
 * compared takes the same time whatever differs. GitHub sends a delivery once; whoever redelivers it repeats
 * its GUID. The newest `most` are known, and after a restart none is: what a delivery asks for must do no
 * harm twice.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'

/** `header`: `X-Hub-Signature-256`, as sent. With an empty secret nothing is signed. */
export function isSigned(
  secret: string,
  body: Uint8Array | string,
  header: string | null | undefined,
): boolean {
  const [, hex] = /^sha256=([0-9a-f]{64})$/i.exec(header ?? '') ?? []
  if (secret === '' || hex === undefined) return false
  const expected = createHmac('sha256', secret).update(body).digest()
  return timingSafeEqual(expected, Buffer.from(hex, 'hex'))
}

export type Deliveries = {
  /** True once for each `X-GitHub-Delivery`. */
  isNew(guid: string): boolean
}

export function deliveries(most = 10_000): Deliveries {
  const known = new Set<string>()
  return {
    isNew(guid) {
      const key = guid.toLowerCase()
      if (known.has(key)) return false
      known.add(key)
      for (const oldest of known) {
        if (known.size <= most) break
        known.delete(oldest)
      }
      return true
    },
  }
}
