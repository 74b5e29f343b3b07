/**
 * Webhooks of forges: a signed delivery hastens the next look at what it is about, and is never believed itself.
 *
 * It is answered before anything is looked at. The same delivery twice is one. What is not signed with a
 * configured secret is 401, whatever it says; where no secret is configured there is nothing here. A delivery
 * about something else, about a check that has not ended, or of a form that is not known, is taken and does nothing.
 */
import { Hono } from 'hono'
import * as z from 'zod'

import { ApiError } from '../errors.ts'
import { deliveries, isSigned } from '../github/webhook.ts'

export type GithubHooks = {
  /** Empty: no webhook is configured. */
  readonly secrets: readonly string[]
  /** Something happened in `owner/name`; at this commit, where it says so. */
  readonly hasten: (repository: string, commit: string | null) => void
}

const sha = z.string().regex(/^[0-9a-f]{40}$/)
const headed = z.object({ head_sha: sha })

/** What of GitHub's payloads matters here: https://docs.github.com/webhooks/webhook-events-and-payloads */
const Payload = z.object({
  repository: z.object({ full_name: z.string().max(200) }),
  action: z.string().optional().catch(undefined),
  state: z.string().optional().catch(undefined),
  sha: sha.optional().catch(undefined),
  check_run: headed.optional().catch(undefined),
  check_suite: headed.optional().catch(undefined),
  workflow_run: headed.optional().catch(undefined),
})

export function hookRoutes({ secrets, hasten }: GithubHooks) {
  const seen = deliveries()
  return new Hono().post('/github', async (c) => {
    if (secrets.length === 0) throw new ApiError('not_found')
    const body = Buffer.from(await c.req.arrayBuffer())
    const signature = c.req.header('x-hub-signature-256')
    if (!secrets.some((secret) => isSigned(secret, body, signature)))
      throw new ApiError('unauthorized')
    if (seen.isNew(c.req.header('x-github-delivery') ?? '')) takeUp(body, hasten)
    return c.json({}, 202)
  })
}

function takeUp(body: Buffer, hasten: GithubHooks['hasten']) {
  const parsed = Payload.safeParse(jsonIn(body.toString('utf8')))
  if (!parsed.success) return
  const { repository, ...about } = parsed.data
  const commit = commitIn(about)
  if (commit === null || hasEnded(about)) hasten(repository.full_name, commit)
}

type About = Omit<z.infer<typeof Payload>, 'repository'>

function commitIn({ sha: commit, check_run: run, check_suite: suite, workflow_run: flow }: About) {
  return (run ?? suite ?? flow)?.head_sha ?? commit ?? null
}

/** There are many deliveries for each check, and only its end can be a verdict. */
function hasEnded({ action = 'completed', state }: About): boolean {
  return action === 'completed' && state !== 'pending'
}

/** A form has its JSON in `payload`: https://docs.github.com/webhooks/using-webhooks/creating-webhooks */
function jsonIn(text: string): unknown {
  const json = text.startsWith('payload=') ? (new URLSearchParams(text).get('payload') ?? '') : text
  try {
    return JSON.parse(json)
  } catch {
    // Signed, and no JSON all the same: there is nothing in it to look at.
    return null
  }
}
