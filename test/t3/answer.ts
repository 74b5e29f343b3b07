/** What the server says: a status, a type and a text, in T3's own shapes. */
import { randomBytes } from 'node:crypto'

export type Answer = {
  readonly status: number
  /** Null: no body, and no type either. */
  readonly type: string | null
  readonly text: string
}

export const json = (value: unknown, status = 200): Answer => ({
  status,
  type: 'application/json',
  text: JSON.stringify(value),
})

export const empty = (status: number): Answer => ({ status, type: null, text: '' })

export const plain = (status: number, text: string): Answer => ({
  status,
  type: 'text/plain',
  text,
})

export const html = (text: string): Answer => ({ status: 200, type: 'text/html', text })

/** Thrown wherever it is known; the server answers with it. */
export class Refusal extends Error {
  readonly answer: Answer

  constructor(answer: Answer) {
    super(`${answer.status} ${answer.text}`)
    this.answer = answer
  }
}

const traceId = () => randomBytes(16).toString('hex')

const told = (status: number, _tag: string, facts: Readonly<Record<string, string>>): Refusal =>
  new Refusal(json({ _tag, ...facts, traceId: traceId() }, status))

export const unauthorised = (reason: 'missing_credential' | 'invalid_credential'): Refusal =>
  told(401, 'EnvironmentAuthInvalidError', { code: 'auth_invalid', reason })

export const outOfScope = (requiredScope: string): Refusal =>
  told(403, 'EnvironmentScopeRequiredError', { code: 'insufficient_scope', requiredScope })

export const invalid = (
  reason: 'invalid_command' | 'invalid_scope' | 'scope_not_granted',
): Refusal => told(400, 'EnvironmentRequestInvalidError', { code: 'invalid_request', reason })

/** A schema's complaint, which is not told. */
export const malformed = (): Refusal => new Refusal(empty(400))

export const threadNotFound = (): Refusal =>
  told(404, 'EnvironmentResourceNotFoundError', { code: 'not_found', reason: 'thread_not_found' })

export type Failed =
  | 'orchestration_dispatch_failed'
  | 'orchestration_snapshot_failed'
  | 'orchestration_thread_snapshot_failed'
  | 'internal_error'

export const failed = (reason: Failed): Refusal =>
  told(500, 'EnvironmentInternalError', { code: 'internal_error', reason })

/** A command that a rule of the domain forbids; which one is not told over HTTP. */
export class RuleBroken extends Error {}
