/**
 * One request at a time for whoever asks: paced, with the current token, and followed where GitHub moved.
 *
 * A redirect is followed on the same origin only, a write with its method; elsewhere no token goes. While
 * GitHub limits us nothing is sent. Writes go one after the other, `writeGapMs` apart. What fails is a
 * `GithubError` that names the request and the status, and holds no token.
 */
import type { Clock } from '../clock.ts'
import { type Credential, credentials, refusalOf, type TokenSource } from './credentials.ts'
import { elapsed } from './elapsed.ts'
import { GithubError } from './github-error.ts'
import { inTurn } from '../in-turn.ts'
import { type Budget, type Limits, limits } from './limits.ts'
import { type Answer, type Meaning, meaningOf, spentIn } from './meaning.ts'
import { points, type Points } from './points.ts'
import { refusal } from './refusal.ts'
import { accepted, connections, type Method, pathOf, type Wire } from './wire.ts'

export type Request = {
  readonly method: Method
  readonly url: URL
  readonly body?: object
  /** Default: REST, where all but a GET is a write. */
  readonly budget?: Budget
  /** Plain text is an answer, too: then it is what was said. */
  readonly takesText?: boolean
  /** Whether it goes before all that waits; asked over and over while it waits itself. */
  readonly isUrgent?: () => boolean
  /** What to send as If-None-Match. */
  readonly etag?: (url: URL, credential: string) => string | null
}

export type Heard = {
  readonly answer: Answer
  /** Null: what is remembered still holds. */
  readonly said: { readonly value: unknown } | null
  /** Where it came from in the end. */
  readonly url: URL
  readonly credential: string
}

export type Standing = {
  readonly pointsPerMinute: number
  /** Requests that wait for their turn, and for how long one that is asked now would. */
  readonly waiting: number
  readonly queueMs: number
  /** Until when GitHub wants to hear nothing, by the wall clock; null: it is not limited. */
  readonly limitedUntil: number | null
  /** Why GitHub refused the token when it last said anything of it; null: it took it. */
  readonly refused: string | null
}

export type Requests = {
  /** @throws {GithubError} */
  request(request: Request): Promise<Heard>
  /** Where a GET leads to on another origin, else the plain text that it is here. @throws {GithubError} */
  textOf(url: URL): Promise<{ readonly away: URL } | { readonly text: string }>
  standing(): Standing
  close(): void
}

export type RequestsOptions = {
  readonly wire: Wire
  readonly token: TokenSource
  readonly clock: Clock
  readonly pointsPerMinute: number
  readonly writeGapMs: number
}

type Sent = {
  readonly answer: Answer
  readonly meaning: Meaning
  readonly credential: Credential
}

export function requests(options: RequestsOptions): Requests {
  const { clock, writeGapMs } = options
  const purse = points(options.pointsPerMinute, clock, connections)
  const limit = limits(clock)
  const writing = inTurn()
  const refused = refusal()
  const send = sender({ ...options, limit, take: purse.take })
  let lastWriteAt = -Infinity

  async function write(request: Request): Promise<Heard> {
    await elapsed(clock, lastWriteAt + writeGapMs)
    try {
      return await heard(request, send)
    } finally {
      lastWriteAt = clock.monotonic()
    }
  }

  return {
    request: (request) =>
      refused.of(isWrite(request) ? writing(() => write(request)) : heard(request, send)),
    async textOf(url) {
      const request = { method: 'GET', url, takesText: true } as const
      const reached = await refused.of(follow(request, send))
      if (reached.away !== null) return { away: reached.away }
      const text = reached.said?.value
      if (typeof text === 'string') return { text }
      throw new GithubError('unreachable', `GitHub answered ${pathOf(request)} with no text`)
    },
    standing() {
      const { waiting, ms: queueMs } = purse.queue()
      const { pointsPerMinute } = options
      const limitedUntil = limit.until()
      return { pointsPerMinute, waiting, queueMs, limitedUntil, refused: refused.why() }
    },
    close: purse.close,
  }
}

function isWrite({ method, budget = 'rest' }: Request): boolean {
  return method !== 'GET' && budget === 'rest'
}

type SenderParts = RequestsOptions & {
  readonly limit: Limits
  readonly take: Points['take']
}

type Send = (request: Request) => Promise<Sent>

/** One exchange, at its turn. Throws where it is limited. */
function sender({ wire, token, clock, limit, take }: SenderParts): Send {
  const withToken = credentials(token, clock)
  return async (request) => {
    const { method, url, body, budget = 'rest', takesText = false, etag, isUrgent } = request
    limit.check(budget)
    const over = await take(isWrite(request) ? 5 : 1, isUrgent)
    const exchange = async () => {
      limit.check(budget)
      return withToken(async (credential) => {
        const known = etag?.(url, credential.name) ?? null
        const headers = {
          ...accepted,
          authorization: `Bearer ${credential.token}`,
          ...(known !== null && { 'if-none-match': known }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
        }
        const text = body === undefined ? undefined : JSON.stringify(body)
        const answer = await wire.ask({ method, url, headers, body: text })
        const asked = { method, budget, takesText, now: clock.now() }
        return { answer, meaning: meaningOf(answer, asked) }
      })
    }
    const sent = await exchange().finally(over)
    if (sent.meaning.is === 'limited') throw limit.note(budget, sent.meaning)
    if (sent.meaning.is !== 'failed') limit.well()
    const waitMs = spentIn(sent.answer, clock.now())
    if (waitMs !== null) limit.note(budget, { by: 'primary', waitMs })
    return sent
  }
}

async function heard(request: Request, send: Send): Promise<Heard> {
  const reached = await follow(request, send)
  if (reached.away !== null) {
    const what = `${pathOf(request)} to another origin, where no token goes`
    throw new GithubError('unreachable', `GitHub redirected ${what}`)
  }
  return reached
}

type Reached = (Heard & { readonly away: null }) | { readonly away: URL }

const mostHops = 3

/** Over what GitHub renamed or moved, as long as it is still this origin. */
async function follow(request: Request, send: Send): Promise<Reached> {
  let { url } = request
  for (let hop = 0; hop <= mostHops; hop += 1) {
    const sent = await send({ ...request, url })
    const { answer, meaning, credential } = sent
    const reached = { answer, url, credential: credential.name, away: null }
    switch (meaning.is) {
      case 'here':
        return { ...reached, said: { value: meaning.value } }
      case 'unchanged':
        return { ...reached, said: null }
      case 'moved': {
        const to = placeOf(meaning.to, url)
        if (to.origin !== url.origin) return { away: to }
        url = to
        break
      }
      case 'limited':
      case 'failed':
        throw failure({ ...request, url }, sent)
    }
  }
  throw new GithubError('unreachable', `GitHub redirected ${pathOf(request)} over and over`)
}

function placeOf(location: string, from: URL): URL {
  const to = URL.parse(location, from.href)
  if (to !== null && /^https?:$/.test(to.protocol)) return to
  throw new GithubError('unreachable', `GitHub redirected GET ${from.pathname} to no address`)
}

function failure(request: Request, { answer, meaning, credential }: Sent): GithubError {
  const { code, why } =
    meaning.is === 'failed' ? meaning : { code: 'unreachable' as const, why: '' }
  const said = why.replaceAll(credential.token, '***')
  // Whatever was asked: while a token is refused, each look says the same.
  const what =
    code === 'unauthorized'
      ? refusalOf(answer.status)
      : `GitHub answered ${pathOf(request)} with ${answer.status}`
  return new GithubError(code, said === '' ? what : `${what}: ${said}`)
}
