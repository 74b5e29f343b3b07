/** How values are written that stand in more than one place of the schema. */
import * as z from 'zod'

import { durationMs } from './duration.ts'

export const Bool = z
  .union([z.boolean(), z.enum(['true', 'false'])], 'must be true or false')
  .transform((value) => value === true || value === 'true')

export const Duration = z
  .string()
  .refine((text) => durationMs(text) !== null, 'must be a duration, such as 500ms, 10s, 5m or 24h')
  .transform((text) => durationMs(text) ?? 0)

/** A whole number, also as digits out of a placeholder. */
export const int = (min: number, max: number) =>
  z
    .union(
      [
        z.int(),
        z
          .string()
          .regex(/^\d{1,9}$/)
          .transform(Number),
      ],
      'must be a whole number',
    )
    .refine((value) => value >= min && value <= max, `must be between ${min} and ${max}`)

export const HttpUrl = z
  .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
  .refine(hasReadableLogin, 'must have its user and password percent-encoded: a % is %25')

function hasReadableLogin(text: string): boolean {
  const [login] = /(?<=\/\/)[^/?#]*(?=@)/.exec(text) ?? ['']
  return !/%(?![0-9a-f]{2})/i.test(login)
}
