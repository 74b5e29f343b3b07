/** Secrets are kept and compared by their digest: its length is always the same, and it tells nothing. */
import { createHash } from 'node:crypto'

export function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
