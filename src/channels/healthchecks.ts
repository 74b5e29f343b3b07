/**
 * An outside dead-man's switch, by the pinging API of Healthchecks: https://healthchecks.io/docs/http_api/
 *
 * Alive is a ping of the URL itself, which other services take, too; the start is `/start`, and a stop
 * on purpose `/log`, which is shown and changes nothing. A query stays where it was.
 */
import { exchange } from './exchange.ts'
import { unanswered } from './http.ts'
import { targetOf } from './target.ts'

export type Healthchecks = {
  /** Null: it was taken; else why not, without the URL, which is a secret. */
  ping(signal: 'start' | 'alive' | 'stop', body: string): Promise<string | null>
  close(): Promise<void>
}

export function healthchecks(url: string, { timeoutMs }: { timeoutMs: number }): Healthchecks {
  const target = targetOf(url)
  if (target === null) throw new TypeError('a heartbeat url is an http(s) URL')
  const { origin, authorization } = target
  const [, path = '/', query = ''] = /^([^?]*)(.*)$/.exec(target.path) ?? []
  const far = exchange(origin, 1)
  const headers = { 'content-type': 'text/plain; charset=utf-8', ...authorization }

  return {
    async ping(signal, body) {
      const below = { start: '/start', alive: '', stop: '/log' }[signal]
      const whole = `${below === '' ? path : path.replace(/\/*$/, '') + below}${query}`
      const abort = AbortSignal.timeout(timeoutMs)
      const ask = { method: 'POST', path: whole, headers, body, signal: abort } as const
      try {
        const { status } = await far.request(ask)
        return status < 300 ? null : `the heartbeat’s URL answered ${status}`
      } catch (error) {
        const { detail } = unanswered(error, { timedOut: abort.aborted })
        return `the heartbeat’s URL: ${detail}`
      }
    },
    close: () => far.close(),
  }
}
