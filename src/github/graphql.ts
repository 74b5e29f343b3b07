/** GraphQL's own way of failing: a 200 whose body names what went wrong. */
import * as z from 'zod'

import { GithubError, type GithubErrorCode } from './github-error.ts'
import { understood } from './understood.ts'

const Answer = z.object({
  data: z.unknown().optional(),
  errors: z.array(z.object({ type: z.string().optional() })).optional(),
})

/** The `data`, whole: with one error among them nothing counts. @throws {GithubError} */
export function graphqlData(said: unknown): unknown {
  const { data, errors = [] } = understood(Answer, said, 'a GraphQL query')
  const [error] = errors
  if (error === undefined) return data
  const type = error.type ?? 'an error'
  throw new GithubError(codes[type] ?? 'refused', `GitHub answered a GraphQL query with ${type}`)
}

const codes: Readonly<Record<string, GithubErrorCode>> = {
  FORBIDDEN: 'forbidden',
  INSUFFICIENT_SCOPES: 'forbidden',
  NOT_FOUND: 'gone',
}

/** Beside REST, not below it: `/api/graphql` on a GitHub Enterprise Server. */
export function graphqlUrl(base: URL): URL {
  const path = base.pathname.replace(/\/+$/, '').replace(/\/v3$/, '')
  return new URL(`${path}/graphql`, base)
}
