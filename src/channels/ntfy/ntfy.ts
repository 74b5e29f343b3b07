/**
 * Sends to an ntfy topic as JSON to the server's root. https://docs.ntfy.sh/publish/
 *
 * Every publish carries the handle as its `sequence_id`, so that apps fold a repeat. Before a repeat
 * of a try that may have arrived, ntfy is asked whether it has the message, if the token may read.
 * Redirects are refused: following one turns the POST into a GET, and nothing is published.
 *
 * Needs a server >= 2.16. `check` cannot prove the right to write; only a ring (a drill) can.
 */
import type { Adapter, Channel, Finding, Message } from '../channel.ts'
import { type Exchange, exchange } from '../exchange.ts'
import { unanswered } from '../http.ts'
import { channel } from '../sender.ts'
import { ntfyOutcome } from './answer.ts'
import { ntfyPayload, type NtfyPriorities } from './payload.ts'
import { findPublished } from './published.ts'

export type NtfyOptions = {
  /** Such as `https://ntfy.example`. User and password in it become a Basic credential. */
  readonly server: string
  /** 1 to 64 of `A-Z a-z 0-9 _ -`. Who knows it can read it, unless the server has access control: make it unguessable. */
  readonly topic: string
  /** An access token, `tk_...`. */
  readonly token?: string
  /** ntfy's 1 (min) to 5 (max) for our `low` and `high`. Default 2 and 4. */
  readonly priorities?: NtfyPriorities
}

/**
 * @throws {TypeError} if the server is not an `http(s)` URL or the topic is not one that ntfy takes.
 * @example
 * ```ts
 * import { ntfy } from 'afk-loop/channels/ntfy'
 *
 * const phone = ntfy({ server: 'https://ntfy.example', topic: 'afk-7f3c9a', token: 'tk_secret' })
 * ```
 */
export function ntfy(options: NtfyOptions): Channel {
  return channel(adapter(options))
}

const defaultPriorities: NtfyPriorities = { low: 2, high: 4 }
const defaultPace = { burst: 60, everyMs: 5_000 }

function adapter({ server, topic, token, priorities = defaultPriorities }: NtfyOptions): Adapter {
  if (!/^[-_A-Za-z0-9]{1,64}$/.test(topic))
    throw new TypeError('an ntfy topic is 1 to 64 characters of A-Z, a-z, 0-9, _ and -')
  const { origin, path, authorization } = target(server, token)
  const far = exchange(origin)

  return {
    type: 'ntfy',
    pace: defaultPace,

    async send(message, signal) {
      const body = JSON.stringify(ntfyPayload(message, { topic, priorities }))
      const headers = { 'content-type': 'application/json', ...authorization }
      try {
        const known = await alreadyThere(message, signal)
        if (known !== null) return { type: 'accepted', reference: known }
        const answer = await far.request({ method: 'POST', path, headers, body, signal })
        return ntfyOutcome(answer, Date.now())
      } catch (error) {
        return unanswered(error, { timedOut: signal.aborted })
      }
    },

    check: (signal) => check(far, { path, authorization, signal }),
    close: () => far.close(),
  }

  async function alreadyThere({ mayHaveArrivedSince, handle }: Message, signal: AbortSignal) {
    if (mayHaveArrivedSince === null) return null
    // ntfy's clock may run behind ours.
    const since = Math.floor(mayHaveArrivedSince / 1_000) - 60
    const query = `${path}${topic}/json?poll=1&since=${since}`
    const answer = await far.request({ method: 'GET', path: query, headers: authorization, signal })
    return answer.status === 200 ? findPublished(answer.text, handle) : null
  }
}

/** Slashes at the end do not count: `base//` is answered with a redirect. */
function target(server: string, token: string | undefined) {
  const url = URL.canParse(server) ? new URL(server) : null
  if (url === null || !/^https?:$/.test(url.protocol))
    throw new TypeError('an ntfy server is an http(s) URL, such as https://ntfy.example')
  const path = `${url.pathname.replace(/\/+$/, '')}/`
  const login = [url.username, url.password].map(decodeURIComponent).join(':')
  if (token !== undefined) return { origin: url.origin, path, authorization: bearer(token) }
  return { origin: url.origin, path, authorization: login === ':' ? {} : basic(login) }
}

/** The scheme is spelled `Bearer`: `bearer` is answered 401. */
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const basic = (login: string) => ({
  authorization: `Basic ${Buffer.from(login).toString('base64')}`,
})

type CheckAsk = {
  readonly path: string
  readonly authorization: Record<string, string>
  readonly signal: AbortSignal
}

/** The health check goes without the credential: a bad one makes even that a failed login. */
async function check(far: Exchange, { path, authorization, signal }: CheckAsk): Promise<Finding[]> {
  const get = (below: string, headers: Record<string, string>) =>
    far.request({ method: 'GET', path: `${path}${below}`, headers, signal })
  try {
    const health = await get('v1/health', {})
    if (health.status !== 200 || !health.text.includes('"healthy":true'))
      return [bad(`answers ${health.status} instead of ntfy's health`, 'check `server`')]
    const account = await get('v1/account', authorization)
    if (account.status === 401) return [bad('refuses the token', 'make a new one: ntfy token add')]
    return [
      { type: 'good', what: 'the server answers and takes the credential' },
      { type: 'unproven', what: 'the right to write to the topic', mend: 'afk drill' },
    ]
  } catch (error) {
    const { detail } = unanswered(error, { timedOut: signal.aborted })
    return [bad(detail, 'check `server`, its name, its port and its certificate')]
  }
}

const bad = (what: string, mend: string): Finding => ({ type: 'bad', what, mend })
