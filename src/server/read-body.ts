/** Parses what came in against its schema, or refuses it with every place that is wrong. */
import type { Context } from 'hono'
import type { z } from 'zod'

import { ApiError, type ErrorCode } from '../errors.ts'

/** An empty body counts as `{}`: every field may be left out where the schema lets it. */
export async function readJson(c: Context): Promise<unknown> {
  const text = await c.req.text()
  if (text.trim() === '') return {}
  try {
    return JSON.parse(text)
  } catch {
    throw new ApiError('invalid_body', [{ path: '', message: 'must be JSON' }])
  }
}

export function parseWith<T extends z.ZodType>(
  schema: T,
  value: unknown,
  code: ErrorCode,
): z.infer<T> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issues = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  throw new ApiError(code, issues)
}
