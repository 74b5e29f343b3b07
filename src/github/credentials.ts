/**
 * The token that holds now, for each request.
 *
 * One that GitHub refuses is asked for anew once; if the source has no other, it is not sent again for a
 * minute: who keeps knocking is locked out. No error holds a token.
 */
import { createHash } from 'node:crypto'

import type { Clock } from '../clock.ts'
import { GithubError } from './github-error.ts'
import type { Answer, Meaning } from './meaning.ts'

/** `refused`: the one that GitHub has just refused; who has no other gives the same again. */
export type TokenSource = (refused?: string) => string | Promise<string>

export type Credential = {
  readonly token: string
  /** Tells one token from another, and tells nobody the token. */
  readonly name: string
}

export type Understood = { readonly answer: Answer; readonly meaning: Meaning }

export type Credentials = <T extends Understood>(
  ask: (credential: Credential) => Promise<T>,
) => Promise<T & { readonly credential: Credential }>

const refusedForMs = 60_000

export function credentials(source: TokenSource, clock: Clock): Credentials {
  let refused = { name: '', until: 0, why: '' }

  return async (ask) => {
    const first = await credentialFrom(source)
    if (first.name === refused.name && clock.monotonic() < refused.until)
      throw new GithubError('unauthorized', refused.why)
    const heard = { ...(await ask(first)), credential: first }
    if (!isRefused(heard)) return heard
    const second = await credentialFrom(source, first.token)
    const again =
      second.name === first.name ? heard : { ...(await ask(second)), credential: second }
    if (isRefused(again)) {
      const until = clock.monotonic() + refusedForMs
      refused = { name: second.name, until, why: whyOf(again, second.token) }
    }
    return again
  }
}

/** As the refusal itself says it. */
function whyOf({ answer, meaning }: Understood, token: string): string {
  const why = meaning.is === 'failed' ? meaning.why.replaceAll(token, '***') : ''
  return `${refusalOf(answer.status)}${why === '' ? '' : `: ${why}`}`
}

export const refusalOf = (status: number) => `GitHub refuses the token with ${status}`

function isRefused({ meaning }: Understood): boolean {
  return meaning.is === 'failed' && meaning.code === 'unauthorized'
}

/** Of any length and any form, as long as a header can hold it. */
async function credentialFrom(source: TokenSource, refused?: string): Promise<Credential> {
  const token = (await given(source, refused)).trim()
  if (!/^[\x21-\x7e]+$/.test(token))
    throw new GithubError('unauthorized', 'the GitHub token is empty, or holds what no header can')
  return { token, name: createHash('sha256').update(token).digest('hex') }
}

async function given(source: TokenSource, refused?: string): Promise<string> {
  try {
    return await source(refused)
  } catch (error) {
    if (error instanceof GithubError) throw error
    const why = error instanceof Error ? error.name : typeof error
    throw new GithubError('unauthorized', `the GitHub token cannot be had: ${why}`)
  }
}
