/**
 * Asks the node. An answer that is a refusal is thrown with the node's own words; no answer at all is `Unreachable`.
 * Whoever is refused for want of a session, whatever they asked, is shown where to sign in.
 *
 * Each answer tells the node's clock: every age that the page shows is counted by it.
 */
import { cell } from './cell.ts'

/** The node said no. */
export class Refusal extends Error {
  readonly status: number
  readonly code: string

  constructor(status: number, code: string, message: string) {
    super(message)
    this.name = 'Refusal'
    this.status = status
    this.code = code
  }
}

/** Nobody knows whether it was done: who asked for a change looks first, and then asks again. */
export class Unreachable extends Error {
  constructor(method: string | undefined, cause: unknown) {
    const perhaps = method === 'GET' ? '' : ' It may have been done; look before you press again.'
    super(`The node does not answer.${perhaps}`, { cause })
    this.name = 'Unreachable'
  }
}

/** Whether what was asked last was answered at all, with whatever; null: nothing was asked yet. */
export const answers = cell<boolean | null>(null)
/** The node must be asked by somebody who has signed in. */
export const isLockedOut = cell(false)

/** When the node answered last, by this device's clock; null: never yet. */
export const heardAt = cell<number | null>(null)
/** What to add to this device's clock. */
let aheadMs = 0

export function nodeNow(): number {
  return Date.now() + aheadMs
}

const patienceMs = 15_000

export const read = <T>(path: string) => ask<T>(path, { method: 'GET' })

export const tell = <T>(path: string, body: object = {}) =>
  ask<T>(path, { method: 'POST', body: JSON.stringify(body) })

export const end = <T>(path: string) => ask<T>(path, { method: 'DELETE' })

async function ask<T>(path: string, init: RequestInit): Promise<T> {
  const { response, body } = await answerTo(path, init)
  heardAt.set(Date.now())
  setClock(response)
  if (response.ok) return body as T
  const refusal = refusalOf(response, body)
  if (refusal.code === 'unauthorized') isLockedOut.set(true)
  throw refusal
}

let begun = 0
let told = 0

/** What was asked before counts no more once it is known how it went with what was asked later. */
async function answerTo(path: string, init: RequestInit) {
  begun += 1
  const mine = begun
  const tellThat = (isAnswered: boolean) => {
    if (mine < told) return
    told = mine
    answers.set(isAnswered)
  }
  try {
    const answer = await send(path, init)
    tellThat(true)
    return answer
  } catch (error) {
    tellThat(false)
    throw new Unreachable(init.method, error)
  }
}

/** An answer that is no JSON is a proxy's, and not the node's. */
async function send(path: string, init: RequestInit) {
  const headers = {
    accept: 'application/json',
    // A page of somebody else's cannot send it without being asked first.
    ...(init.method !== 'GET' && { 'content-type': 'application/json', 'x-afk-page': '1' }),
  }
  const signal = AbortSignal.timeout(patienceMs)
  const response = await fetch(path, { ...init, headers, signal, cache: 'no-store' })
  // An answer that breaks off is none.
  return { response, body: (await response.json()) as unknown }
}

/** The header counts in seconds: what is nearer than that is no difference. */
function setClock(response: Response): void {
  const at = Date.parse(response.headers.get('date') ?? '')
  if (Number.isNaN(at)) return
  const ahead = at + 500 - Date.now()
  if (Math.abs(ahead - aheadMs) > 2_000) aheadMs = Math.abs(ahead) > 2_000 ? ahead : 0
}

type ErrorBody = {
  readonly code?: string
  readonly message?: string
  readonly issues?: ReadonlyArray<{ readonly path: string; readonly message: string }>
}

function refusalOf(response: Response, body: unknown): Refusal {
  const { code = 'unknown', message = 'The node refuses.', issues = [] } = Object(body) as ErrorBody
  const reasons = issues.map((issue) => [issue.path, issue.message].filter(Boolean).join(' '))
  const words = reasons.join('; ') || message
  const seconds = response.headers.get('retry-after')
  const wait = code === 'too_many_tries' && seconds !== null
  return new Refusal(response.status, code, wait ? waitWords(seconds) : words)
}

const waitWords = (seconds: string) =>
  `too many wrong tokens were tried; the next can be tried in ${seconds} s`

/** For a person. */
export function wordsOf(error: unknown): string {
  const words = error instanceof Error ? error.message : String(error)
  return words.charAt(0).toUpperCase() + words.slice(1)
}
