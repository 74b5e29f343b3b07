/** Where a listing goes on: opaque to whoever asks, and refused where it is not what a page said. */
import { ApiError } from '../errors.ts'

/** Null: from the start. */
export function toSeq(cursor: string | undefined): number | null {
  if (cursor === undefined) return null
  const seq = Number(Buffer.from(cursor, 'base64url').toString())
  if (toCursor(seq) === cursor) return seq
  throw new ApiError('invalid_query', [{ path: 'cursor', message: 'must be `next` of a page' }])
}

/** Null: that was the last page. */
export function toCursor(seq: number | null): string | null {
  return seq === null ? null : Buffer.from(String(seq)).toString('base64url')
}
