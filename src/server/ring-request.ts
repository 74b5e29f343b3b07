/** A ring as somebody asks for it: checked, or refused with an `ApiError` before anything is written. */
import type { RingRequest } from '../delivery/intake.ts'
import { TERMINAL_KINDS } from '../doorbell/kinds.ts'
import { safeLink } from '../doorbell/link.ts'
import { ApiError } from '../errors.ts'
import { parseWith } from './read-body.ts'
import { isReservedKey, RingBody } from './schemas.ts'

export function ringRequest(body: unknown, schemes: readonly string[]): RingRequest {
  assertKnownKind(body)
  const { threadId, key, link, ...rest } = parseWith(RingBody, body, 'invalid_body')
  if (key && isReservedKey(key)) throw new ApiError('reserved_key')
  return { ...rest, threadId: threadId || null, key: key ?? null, link: checkedLink(link, schemes) }
}

/** A kind outside the three has an error of its own. No kind at all is for the schema to find. */
export function assertKnownKind(body: unknown): void {
  const kind: unknown = Object(body).kind
  if (kind !== undefined && !TERMINAL_KINDS.some((known) => known === kind))
    throw new ApiError('unknown_kind')
}

function checkedLink(link: string | null | undefined, schemes: readonly string[]): string | null {
  if (!link) return null
  try {
    return safeLink(link, schemes)
  } catch (error) {
    throw new ApiError('invalid_body', [{ path: 'link', message: (error as TypeError).message }])
  }
}
