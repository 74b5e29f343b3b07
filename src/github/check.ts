/**
 * What a doctor can find out about GitHub's API and a token, before anything is asked of a repository.
 *
 * One request, which counts against nothing. It goes by no pace and remembers nothing, so that what was mended a
 * moment ago is seen; a client says nothing of an answer's headers, where a classic token's scopes are. An
 * address is named by its host alone, and no finding holds a token.
 */
import * as z from 'zod'

import type { Clock } from '../clock.ts'
import { bad, type Finding, good, unproven } from '../doorbell/finding.ts'
import { credentials, type TokenSource } from './credentials.ts'
import { GithubError } from './github-error.ts'
import { type Answer, type Meaning, meaningOf } from './meaning.ts'
import { accepted, wire } from './wire.ts'

export type ApiCheck = {
  readonly findings: readonly Finding[]
  /** Null: the token is of a kind that has none, or nobody said. */
  readonly scopes: readonly string[] | null
}

export type ApiCheckOptions = {
  readonly baseUrl: string
  readonly token: TokenSource
  readonly clock: Clock
  readonly timeoutMs?: number
}

/** Asked anew each time it is called. */
export function apiCheck({ baseUrl, token, clock, timeoutMs = 8_000 }: ApiCheckOptions) {
  const url = new URL(`${baseUrl.replace(/\/+$/, '')}/rate_limit`)
  return async (): Promise<ApiCheck> => {
    const far = wire({ userAgent: 'afk-loop', timeoutMs })
    try {
      const heard = await credentials(
        token,
        clock,
      )(async (credential) => {
        const headers = { ...accepted, authorization: `Bearer ${credential.token}` }
        const answer = await far.ask({ method: 'GET', url, headers })
        const asked = { method: 'GET', budget: 'rest', now: clock.now() } as const
        return { answer, meaning: meaningOf(answer, asked) }
      })
      const finding = findingOf({ ...heard, url }, (text) =>
        text.replaceAll(heard.credential.token, '***'),
      )
      return { findings: [finding], scopes: scopesIn(heard.answer) }
    } catch (error) {
      if (!(error instanceof GithubError)) throw error
      return { findings: [failure(error, 'what docs/github.md names')], scopes: null }
    } finally {
      await far.close()
    }
  }
}

/** A classic token names its scopes, even if it has none. */
function scopesIn({ header }: Answer): readonly string[] | null {
  const scopes = header('x-oauth-scopes')
  return scopes?.split(',').flatMap((scope) => scope.trim() || []) ?? null
}

type Heard = { readonly answer: Answer; readonly meaning: Meaning; readonly url: URL }

function findingOf({ answer, meaning, url }: Heard, clean: (text: string) => string): Finding {
  const { host } = url
  switch (meaning.is) {
    case 'here':
      return leftOf(meaning.value) ?? noApi(host, answer)
    case 'limited':
      return unproven(`${host} wants to hear nothing for a while`, 'afk doctor, later')
    case 'moved': {
      const to = URL.parse(meaning.to, url.href)?.origin ?? 'no address'
      return bad(`${host} leads to ${to}, and no token goes there`, 'set baseUrl to where it leads')
    }
    case 'failed':
      return failed({ answer, meaning, host }, clean)
    case 'unchanged':
      return noApi(host, answer)
  }
}

type Failed = {
  readonly answer: Answer
  readonly meaning: Meaning & { readonly is: 'failed' }
  readonly host: string
}

function failed({ answer, meaning, host }: Failed, clean: (text: string) => string): Finding {
  const why = clean(meaning.why)
  if (meaning.code === 'unauthorized') return bad(`${host} refuses the token: ${why}`, newToken)
  if (meaning.code === 'forbidden')
    return bad(`${host} refuses us: ${why}`, 'see what its owner allows: addresses, single sign-on')
  if (answer.status >= 500) return bad(`${host} answers ${answer.status}`, 'afk doctor, later')
  // A server of one's own may count no requests, and says so where the address is right.
  const isOwn = meaning.code === 'gone' && /rate limiting is not enabled/i.test(meaning.why)
  return isOwn ? good(`${host} takes the token, and counts no requests`) : noApi(host, answer)
}

const newToken = 'make a new one: this is wrong, revoked or expired'

function noApi(host: string, { status, header }: Answer): Finding {
  const [type] = (header('content-type') ?? 'nothing of a type').split(';')
  const what = `${host} is no GitHub API: it answered ${status}, ${type?.slice(0, 40)}`
  return bad(what, 'check baseUrl: https://api.github.com, or https://HOST/api/v3')
}

const Budgets = z.object({
  resources: z.object({
    core: z.object({ limit: z.int(), remaining: z.int(), reset: z.int().max(8_640_000_000_000) }),
  }),
})

/** Null: this is not how GitHub says it. */
function leftOf(value: unknown): Finding | null {
  const parsed = Budgets.safeParse(value)
  if (!parsed.success) return null
  const { limit, remaining, reset } = parsed.data.resources.core
  const what = `${remaining} of ${limit} requests are left`
  if (remaining > limit / 10) return good(`GitHub takes the token, and ${what} this hour`)
  const until = new Date(reset * 1_000).toISOString()
  return unproven(`${what} until ${until}`, 'use the token for less, or an App of its own')
}

/** What it means for a doctor that GitHub did not do what it was asked. `needs`: what the token must have. */
export function failure({ code, message }: GithubError, needs: string): Finding {
  switch (code) {
    case 'unreachable':
      return bad(message, 'check baseUrl, its name, port and certificate, and the network')
    case 'limited':
      return unproven(message, 'afk doctor, later')
    case 'unauthorized':
      return bad(message, newToken)
    case 'forbidden':
    case 'gone':
      return bad(message, `give the token ${needs}`)
    case 'refused':
      return bad(message, 'see what GitHub says')
  }
}
