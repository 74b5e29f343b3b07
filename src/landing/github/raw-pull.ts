/** A pull request as GitHub lists it, as far as AFK reads it. */
import * as z from 'zod'

import type { Pull } from '../pulls.ts'

const Ref = z.object({
  ref: z.string(),
  sha: z.string().regex(/^[0-9a-f]{40}(?:[0-9a-f]{24})?$/),
  /** Null: the fork is gone. */
  repo: z.object({ id: z.int() }).nullable(),
})

export const RawPull = z.object({
  number: z.int().positive(),
  html_url: z.string(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullable(),
  merge_commit_sha: z.string().nullable(),
  head: Ref,
  base: Ref,
})

export type RawPull = z.infer<typeof RawPull>

/** Not from a fork: whoever may not write here could open that. */
export function isOwn({ head, base }: RawPull): boolean {
  return head.repo !== null && head.repo.id === base.repo?.id
}

export function pullOf({ number, html_url: url, ...raw }: RawPull): Pull {
  const found = { request: { number, url }, head: raw.head.sha }
  if (raw.state === 'open') return { ...found, is: 'open' }
  const commit = raw.merged_at === null ? null : raw.merge_commit_sha
  return commit === null ? { ...found, is: 'closed' } : { ...found, is: 'merged', commit }
}
