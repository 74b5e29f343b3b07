/**
 * The one catalogue of what the API and the CLI refuse, and with which words: a stable code, its HTTP
 * status, what to do next, and the paragraph of docs/errors.md that explains it.
 */
export const CATALOGUE = {
  unknown_kind: [400, 'kind must be one of done, needs-human, frozen'],
  invalid_body: [400, 'the body is not what this route takes; see issues'],
  invalid_query: [400, 'the query is not what this route takes; see issues'],
  reserved_key: [400, 'keys starting run: or drill: belong to the node; choose another'],
  unauthorized: [401, 'send Authorization: Bearer with a configured token (AFK_TOKEN for the CLI)'],
  forbidden: [403, 'this token may only post rings; use the operator token'],
  wrong_token: [401, 'that is not the operator token; afk init keeps it in .afk/secrets/'],
  foreign_page: [403, 'a request with a cookie must come from the page of this node itself'],
  foreign_request: [403, 'without tokens only this machine may ask; configure tokens.operator'],
  not_found: [404, 'there is no such route; GET /openapi.json lists them'],
  ring_not_found: [404, 'no ring has that id; afk rings lists them'],
  channel_not_found: [404, 'no channel has that name; afk status lists them'],
  run_not_found: [404, 'no run has that id; afk runs --all lists them'],
  key_conflict: [409, 'this key belongs to another event; a new event needs a new key'],
  loop_disarmed: [409, 'the loop is disarmed; afk status says what is missing'],
  loop_refused: [409, 'the loop refuses, and nothing was changed'],
  body_too_large: [413, 'a body may have 64 KiB; shorten the detail'],
  too_many_tries: [429, 'too many wrong tokens were tried; wait as long as Retry-After says'],
  internal: [500, 'a bug in AFK; its log says more'],
  too_many_clients: [503, 'too many clients follow the events; let some go'],
  overloaded: [503, 'too many rings wait to be written; the same request works later'],
  store_unavailable: [503, 'the store refuses to write; nothing was accepted; see afk status'],
} as const satisfies Record<string, readonly [number, string]>

export type ErrorCode = keyof typeof CATALOGUE

/** Where in a body or query, and what is wrong there. */
export type FieldIssue = { readonly path: string; readonly message: string }

export type ErrorBody = {
  readonly code: ErrorCode
  readonly message: string
  readonly docs: string
  readonly issues?: readonly FieldIssue[]
}

/** An answer other than success, on its way to whoever asked. */
export class ApiError extends Error {
  readonly code: ErrorCode
  readonly issues: readonly FieldIssue[]
  /** Seconds; null: nobody knows. */
  readonly retryAfter: number | null

  constructor(
    code: ErrorCode,
    issues: readonly FieldIssue[] = [],
    retryAfter: number | null = null,
  ) {
    super(CATALOGUE[code][1])
    this.name = 'ApiError'
    this.code = code
    this.issues = issues
    this.retryAfter = retryAfter
  }
}

export function errorBody(code: ErrorCode, issues: readonly FieldIssue[] = []): ErrorBody {
  const docs = `docs/errors.md#${code}`
  return { code, message: CATALOGUE[code][1], docs, ...(issues.length > 0 && { issues }) }
}
