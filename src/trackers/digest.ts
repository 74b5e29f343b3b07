/** What text is told from another by: SHA-256. */
import { createHash } from 'node:crypto'

export const sha256 = (bytes: string | Uint8Array) =>
  createHash('sha256').update(bytes).digest('hex')

/** Of what was trusted. A line end is no edit, and neither is our own comment. */
export function digestOf({
  title,
  body,
}: {
  readonly title: string
  readonly body: string
}): string {
  return sha256(JSON.stringify([title, body]))
}

/** Tells whether a person changed our comment; it is no secret. */
export const seal = (text: string) => sha256(text).slice(0, 16)
