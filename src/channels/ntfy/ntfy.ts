/**
 * Sends to an ntfy topic as JSON to the server's root. https://docs.ntfy.sh/publish/
 *
 * Every publish carries the handle as its `sequence_id`, so that apps fold a repeat. Before a repeat
 * of a try that may have arrived, ntfy is asked whether it has the message, if the token may read.
 * Redirects are refused: following one turns the POST into a GET, and nothing is published.
 *
 * Needs a server >= 2.16. `check` cannot prove the right to write; only a ring (a drill) can.
 */
import { bad, type Finding, good, unproven } from '../../doorbell/finding.ts'
import type { Adapter, Channel, Message } from '../channel.ts'
import { type Exchange, exchange } from '../exchange.ts'
import { unanswered } from '../http.ts'
import { channel } from '../sender.ts'
import { targetOf } from '../target.ts'
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
  const { origin, path, authorization } = serverOf(server, token)
  const far = exchange(origin)

  return {
    type: 'ntfy',
    pace: defaultPace,

    async send(message, signal) {
      const body = JSON.stringify(ntfyPayload(message, { topic, priorities }))
      const headers = { 'content-type': 'application/json', ...authorization }
      try {
        const known = await lookUp(message, signal)
        if (known !== null) return known
        const answer = await far.request({ method: 'POST', path, headers, body, signal })
        return ntfyOutcome(answer, Date.now())
      } catch (error) {
        return unanswered(error, { timedOut: signal.aborted })
      }
    },

    check: (signal) => check(far, { path, authorization, signal }),
    close: () => far.close(),
  }

  /** Null: nothing is known, publish. */
  async function lookUp({ mayHaveArrivedSince, handle }: Message, signal: AbortSignal) {
    if (mayHaveArrivedSince === null) return null
    // ntfy's clock may run behind ours.
    const since = Math.floor(mayHaveArrivedSince / 1_000) - 60
    const query = `${path}${topic}/json?poll=1&since=${since}`
    const ask = { method: 'GET', path: query, headers: authorization, signal } as const
    const answer = await far.request({ ...ask, maxAnswerBytes: 8 * 1024 * 1024 })
    // A second failed login for the same try would only bring the lock-out nearer.
    if (answer.status === 401) return ntfyOutcome(answer, Date.now())
    const reference = answer.status === 200 ? findPublished(answer.text, handle) : null
    return reference === null ? null : ({ type: 'accepted', reference } as const)
  }
}

/** Slashes at the end do not count: `base//` is answered with a redirect. `Bearer` is spelled so: `bearer` is a 401. */
function serverOf(server: string, token: string | undefined) {
  const target = targetOf(server)
  if (target === null)
    throw new TypeError('an ntfy server is an http(s) URL, such as https://ntfy.example')
  const path = `${target.path.replace(/\?.*$/, '').replace(/\/+$/, '')}/`
  const login = token === undefined ? target.authorization : { authorization: `Bearer ${token}` }
  return { origin: target.origin, path, authorization: login }
}

type CheckAsk = {
  readonly path: string
  readonly authorization: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** The health check goes without the credential: a bad one makes even that a failed login. */
async function check(far: Exchange, { path, authorization, signal }: CheckAsk): Promise<Finding[]> {
  const get = (below: string, headers: Readonly<Record<string, string>>) =>
    far.request({ method: 'GET', path: `${path}${below}`, headers, signal })
  try {
    const health = await get('v1/health', {})
    if (health.status !== 200 || !health.text.includes('"healthy":true'))
      return [bad(`answers ${health.status} instead of ntfy's health`, 'check `server`')]
    const account = await get('v1/account', authorization)
    if (account.status === 401) return [bad('refuses the token', 'make a new one: ntfy token add')]
    return [
      good('the server answers and takes the credential'),
      unproven('the right to write to the topic', 'afk drill'),
    ]
  } catch (error) {
    const { detail } = unanswered(error, { timedOut: signal.aborted })
    return [bad(detail, 'check `server`, its name, its port and its certificate')]
  }
}
