/** The forms that the API's values have: each once, for every shape that holds one. */
import * as z from 'zod'

import { TERMINAL_KINDS } from '../doorbell/kinds.ts'

export const Kind = z.enum(TERMINAL_KINDS).meta({ id: 'Kind' })

/** Segments of unreserved characters (RFC 3986), none of them `.` or `..`. */
const repoForm = /^(?!\.{1,2}(?:\/|$))[\w.~-]+(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)*$/

export const Repo = z
  .string()
  .max(200)
  .regex(repoForm, 'must be a repository as its tracker writes it, such as infra or acme/web')

/** Printable, so that it can stand in a log line; whatever the caller keeps over its own retries. */
export const Key = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')

export const HttpUrl = z.url({ protocol: /^https?$/, error: 'must be an http(s) URL' }).max(2_000)

export const Instant = z.iso.datetime()
