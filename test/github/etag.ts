/**
 * The ETag of an answer. It varies with the token and with what is accepted, so that the same body has
 * another tag for another credential, and says nothing of another page.
 */
import { createHash } from 'node:crypto'

export type Tagged = {
  readonly token: string
  readonly accept: string
  readonly url: string
  readonly text: string
}

export function etagOf({ token, accept, url, text }: Tagged): string {
  const hash = createHash('sha256')
    .update(JSON.stringify([token, accept, url, text]))
    .digest('hex')
  return `W/"${hash}"`
}

/** Exactly as it was given, quotes and all; several are listed with commas. */
export function matches(ifNoneMatch: string, etag: string): boolean {
  return ifNoneMatch.split(/,\s*(?=W\/|")/).includes(etag)
}
