/** Reads an issue's events. One that cannot be understood makes them all worth nothing: null. */
import * as z from 'zod'

import type { Happened } from './happened.ts'
import { User } from './raw-issue.ts'
import type { Repo } from './repo.ts'

const Instant = z.string().transform((text, context) => {
  const at = Date.parse(text)
  if (Number.isNaN(at)) context.addIssue({ code: 'custom', message: 'is no instant' })
  return at
})

const Event = z
  .object({
    event: z.string(),
    created_at: Instant,
    actor: User.nullish(),
    label: z.object({ name: z.string() }).nullish(),
    commit_id: z.string().nullish(),
  })
  .refine(({ event, label }) => !/^(?:un)?labeled$/.test(event) || label != null)

export async function historyOf(
  number: number,
  { client, at }: Repo,
): Promise<readonly Happened[] | null> {
  const { items } = await client.all(at(`/issues/${number}/events?per_page=100`))
  const events = z.array(Event).safeParse(items)
  if (!events.success) return null
  return events.data.map(({ event, created_at, actor, label, commit_id }) => ({
    event,
    at: created_at,
    actor: actor ?? null,
    label: label?.name ?? null,
    commit: commit_id ?? null,
  }))
}
