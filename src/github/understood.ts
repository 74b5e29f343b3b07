import type * as z from 'zod'

import { GithubError } from './github-error.ts'

/** Parsed once, at the edge. @throws {GithubError} `unreachable`: what is not GitHub's form says nothing. */
export function understood<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const where = parsed.error.issues[0]?.path.join('.') ?? ''
  const place = where === '' ? '' : ` at ${where}`
  throw new GithubError('unreachable', `GitHub answered ${what} with another form${place}`)
}
