/**
 * The installation tokens of a GitHub App, one after the other.
 *
 * One is minted when it is first asked for, and anew five minutes before it ends, or when GitHub refuses it
 * before that; whoever asks at the same time gets the same. When it ends is reckoned by GitHub's own clock,
 * and so is the App's proof where ours is wrong. What cannot be minted is a `GithubError`, and is tried again
 * by the next request. Neither a token nor the key is in any error.
 */
import * as z from 'zod'

import type { Clock } from '../clock.ts'
import type { TokenSource } from './credentials.ts'
import { GithubError } from './github-error.ts'
import { jwt, privateKey } from './jwt.ts'
import { limits } from './limits.ts'
import { type Answer, type Meaning, meaningOf } from './meaning.ts'
import { understood } from './understood.ts'
import { accepted, pathOf, wire } from './wire.ts'

export type AppOptions = {
  /** Its id or client id. */
  readonly app: string | number
  readonly installation: number
  /** PEM. */
  readonly privateKey: string
  readonly baseUrl?: string
  readonly userAgent?: string
  readonly clock: Clock
  readonly timeoutMs?: number
}

export type AppToken = {
  /** What `githubClient` takes, under the same names. */
  readonly app: string
  readonly token: TokenSource
  close(): Promise<void>
}

type Minted = { readonly value: string; readonly mintedAt: number; readonly renewAt: number }

/** Before it ends. */
const marginMs = 5 * 60_000
/** One that is refused so early would be refused again. */
const youngMs = 60_000

/** @throws {GithubError} if the key is none. */
export function appToken(options: AppOptions): AppToken {
  const { clock } = options
  const far = wire({
    userAgent: options.userAgent ?? 'afk-loop',
    timeoutMs: options.timeoutMs ?? 20_000,
  })
  const mint = minting(options, far.ask)
  let held: Minted | null = null
  let coming: Promise<Minted> | null = null

  const isGood = (each: Minted, refused: string | undefined) => {
    const now = clock.monotonic()
    const isRefused = each.value === refused && now - each.mintedAt >= youngMs
    return now < each.renewAt && !isRefused
  }
  async function renew(): Promise<Minted> {
    try {
      held = await mint()
      return held
    } finally {
      coming = null
    }
  }

  return {
    app: String(options.app),
    async token(refused) {
      if (held !== null && isGood(held, refused)) return held.value
      coming ??= renew()
      return (await coming).value
    },
    close: far.close,
  }
}

type Ask = ReturnType<typeof wire>['ask']

function minting(options: AppOptions, ask: Ask): () => Promise<Minted> {
  const { clock } = options
  const base = (options.baseUrl ?? 'https://api.github.com').replace(/\/+$/, '')
  const url = new URL(`${base}/app/installations/${options.installation}/access_tokens`)
  const key = privateKey(options.privateKey)
  const limit = limits(clock)
  let aheadMs = 0

  async function once() {
    const proof = jwt(key, { app: String(options.app), now: clock.now() + aheadMs })
    const headers = { ...accepted, authorization: `Bearer ${proof}` }
    const answer = await ask({ method: 'POST', url, headers })
    const meaning = meaningOf(answer, { method: 'POST', budget: 'rest', now: clock.now() })
    return { answer, meaning }
  }

  return async () => {
    limit.check('rest')
    let { answer, meaning } = await once()
    const theirAheadMs = dateOf(answer, clock.now()) - clock.now()
    if (isRefused(meaning) && Math.abs(theirAheadMs - aheadMs) > 30_000) {
      aheadMs = theirAheadMs
      ;({ answer, meaning } = await once())
    }
    if (meaning.is === 'limited') throw limit.note('rest', meaning)
    if (meaning.is === 'here') return mintedFrom(meaning.value, answer, clock)
    throw failure(url, { answer, meaning })
  }
}

function isRefused(meaning: Meaning): boolean {
  return meaning.is === 'failed' && meaning.code === 'unauthorized'
}

const Token = z.object({ token: z.string().min(1), expires_at: z.string() })

function mintedFrom(value: unknown, answer: Answer, clock: Clock): Minted {
  const { token, expires_at } = understood(Token, value, 'for an installation token')
  const now = clock.monotonic()
  const livesMs = Date.parse(expires_at) - dateOf(answer, clock.now())
  const renewAt = now + Math.max(livesMs - marginMs, livesMs / 2)
  return { value: token, mintedAt: now, renewAt: Number.isNaN(renewAt) ? now : renewAt }
}

function dateOf({ header }: Answer, otherwise: number): number {
  const date = Date.parse(header('date') ?? '')
  return Number.isNaN(date) ? otherwise : date
}

function failure(url: URL, { answer, meaning }: { answer: Answer; meaning: Meaning }): GithubError {
  const { code, why } = meaning.is === 'failed' ? meaning : unread
  // A 404 is about the installation, and never about what the token was wanted for.
  const what = `GitHub answered ${pathOf({ method: 'POST', url })} with ${answer.status}`
  return new GithubError(
    code === 'unreachable' ? code : 'unauthorized',
    why === '' ? what : `${what}: ${why}`,
  )
}

const unread = { code: 'unreachable', why: 'a redirect' } as const
