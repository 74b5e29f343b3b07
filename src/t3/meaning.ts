/**
 * What an answer of T3 Code means. Pure.
 *
 * Status and content type are looked at before anything is parsed: a path that a server does not know is answered
 * with its web app, and a proxy answers with a page of its own. A rule that was broken and a fault are one answer.
 */
import { object, text } from '../fields.ts'
import { NEWEST_KNOWN, OLDEST_KNOWN, spelled } from './version.ts'

export type Answer = {
  readonly status: number
  readonly contentType: string
  readonly text: string
}

/** What became of a command. */
export type Dispatched =
  /** It is written down; that a turn has run it does not say. */
  | { readonly type: 'accepted' }
  /** It will be refused again. */
  | { readonly type: 'refused'; readonly why: string }
  /** It may have arrived: the same ids again. */
  | { readonly type: 'unknown'; readonly why: string }
  /** A rule or a fault, and the ids are spent: look what is there, and ask with new ones. */
  | { readonly type: 'broken-rule'; readonly why: string }
  | { readonly type: 'unauthorised'; readonly why: string }
  | { readonly type: 'unsupported'; readonly why: string }

export type Understood =
  | { readonly is: 'here'; readonly value: unknown }
  /** No such thread, or one that is archived or deleted. */
  | { readonly is: 'gone' }
  /** The server does not know the path, or it was not the server that answered. */
  | { readonly is: 'unknown-path' }
  | { readonly is: 'failed'; readonly code: 'unreachable' | 'unauthorised'; readonly why: string }

const known = `${spelled(OLDEST_KNOWN)} to ${spelled(NEWEST_KNOWN)}`
export const ANOTHER_GENERATION = `this T3 Code server speaks another API generation than ${known}, or its URL is wrong: pin its version, or correct the URL`

export function dispatched(answer: Answer): Dispatched {
  const { status } = answer
  const said = jsonIn(answer)
  const why = whyOf(answer)
  if (status === 200 && said !== null && Number.isInteger(object(said)['sequence']))
    return { type: 'accepted' }
  if (status === 401 || status === 403) return { type: 'unauthorised', why }
  if (status === 404) return { type: 'unsupported', why: ANOTHER_GENERATION }
  if (status === 500 && said !== null) return { type: 'broken-rule', why }
  if (status === 400 || status === 413 || status === 415) return { type: 'refused', why }
  return { type: 'unknown', why }
}

export function understood(answer: Answer): Understood {
  const { status } = answer
  const said = jsonIn(answer)
  const why = whyOf(answer)
  if (status === 200) return said === null ? { is: 'unknown-path' } : { is: 'here', value: said }
  if (status === 401 || status === 403) return { is: 'failed', code: 'unauthorised', why }
  if (status === 404) return said === null ? { is: 'unknown-path' } : { is: 'gone' }
  if (status === 503 && said === null) return { is: 'unknown-path' }
  return { is: 'failed', code: 'unreachable', why }
}

/** Null: it is none, or not whole. */
function jsonIn({ contentType, text: body }: Answer): unknown {
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(contentType)) return null
  try {
    return JSON.parse(body) as unknown
  } catch {
    // Half an answer is none.
    return null
  }
}

/** In T3's own words where it has any that are safe to repeat. */
function whyOf(answer: Answer): string {
  const { status } = answer
  const { code, reason, requiredScope } = object(jsonIn(answer))
  const words = [code, reason, requiredScope]
    .map(text)
    .filter((word) => /^[\w:.-]{1,80}$/.test(word))
  const told = words.length > 0 ? `: ${words.join(', ')}` : ''
  if (status === 401) return `T3 Code refuses the token${told}`
  if (status === 403) return `the T3 Code token may not do this${told}`
  return `T3 Code answered ${status}${told || shapeOf(answer)}`
}

function shapeOf({ contentType, text: body }: Answer): string {
  if (body === '') return ' with nothing in it'
  const [, type] = /^([\w/+.-]{1,60})/.exec(contentType) ?? []
  return type === undefined || /json/i.test(type) ? '' : ` with ${type}, which may be a proxy’s`
}
