/**
 * How T3 Code is asked: with the token that holds now, and told apart what was read, is gone, or says nothing.
 *
 * The token is read for each request, and once more where it is refused. No error holds it.
 */
import { type Answer, understood } from './meaning.ts'
import { T3Error } from './t3-error.ts'
import type { Asked, Wire } from './wire.ts'

export type Ask = (asked: Omit<Asked, 'token'>) => Promise<Answer>

/** With the token that holds now; a refused one is read once more. */
export function asking(ask: Wire['ask'], token: () => string): Ask {
  return async (asked) => {
    const first = tokenOf(token)
    const answer = await ask({ ...asked, token: first })
    if (answer.status !== 401) return answer
    const second = tokenOf(token)
    return second === first ? answer : ask({ ...asked, token: second })
  }
}

function tokenOf(token: () => string): string {
  const given = (() => {
    try {
      return token().trim()
    } catch (error) {
      const why = error instanceof Error ? error.name : typeof error
      throw new T3Error('unauthorised', `the T3 Code token cannot be had: ${why}`)
    }
  })()
  if (/^[\x21-\x7e]+$/.test(given)) return given
  throw new T3Error('unauthorised', 'the T3 Code token is empty, or holds what no header can')
}

export type Heard = { readonly value: unknown } | null | 'unknown-path'

/** Null: it is gone. */
export async function heard(path: string, ask: Ask): Promise<Heard> {
  const said = understood(await ask({ method: 'GET', path }))
  switch (said.is) {
    case 'here':
      return { value: said.value }
    case 'gone':
      return null
    case 'unknown-path':
      return 'unknown-path'
    case 'failed':
      throw new T3Error(said.code, said.why)
  }
}

export async function read(path: string, ask: Ask): Promise<unknown> {
  const answer = await heard(path, ask)
  if (answer === null || answer === 'unknown-path')
    throw new T3Error('unreachable', `no T3 Code server answered GET ${path}: is the URL its own?`)
  return answer.value
}
