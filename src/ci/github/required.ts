/**
 * Which checks a branch requires: as configured, else by its protection and the rules of rulesets.
 *
 * What the token may not read, or is not there, is unknown, and so is what a ruleset requires beside named
 * checks: null. What was read holds for five minutes.
 */
import * as z from 'zod'

import type { Clock } from '../../clock.ts'
import type { GithubReader } from '../../github/client.ts'
import { GithubError } from '../../github/github-error.ts'
import { understood } from '../../github/understood.ts'
import type { Required } from './required-fold.ts'

export type RequiredOptions = {
  readonly client: GithubReader
  readonly at: (below: string) => string
  readonly branch: string
  /** Null: not configured. */
  readonly configured: readonly string[] | null
  readonly clock: Clock
}

const keptMs = 5 * 60_000

/** `far`: the same client in a hurry. @throws {GithubError} if it cannot be asked. */
export function requiredChecks(
  options: RequiredOptions,
): (far?: GithubReader) => Promise<readonly Required[] | null> {
  const { configured, clock } = options
  let known: { readonly is: readonly Required[] | null; readonly until: number } | null = null
  return async (far = options.client) => {
    if (configured !== null) return configured.map((context) => ({ context, appId: null }))
    if (known !== null && clock.monotonic() < known.until) return known.is
    const is = await asked({ ...options, client: far })
    known = { is, until: clock.monotonic() + keptMs }
    return is
  }
}

async function asked({ client, at, branch }: RequiredOptions): Promise<readonly Required[] | null> {
  const name = encodeURIComponent(branch)
  const [rules, protection] = await Promise.all([
    shown(async () => (await client.all(at(`/rules/branches/${name}?per_page=100`))).items),
    shown(() => client.get(at(`/branches/${name}`))),
  ])
  const [byRules, byProtection] = [ruled(rules), protectedBy(protection)]
  if (byRules === null || byProtection === null) return null
  const all = [...byRules, ...byProtection]
  return [...new Map(all.map((each) => [`${each.appId} ${each.context}`, each])).values()]
}

/** Null: not to this token, or not at all. */
async function shown<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof GithubError && ['gone', 'forbidden'].includes(error.code)) return null
    throw error
  }
}

const Rule = z.object({
  type: z.string(),
  parameters: z
    .object({
      required_status_checks: z
        .array(z.object({ context: z.string(), integration_id: z.int().nullish() }))
        .optional(),
    })
    .nullish(),
})

function ruled(value: readonly unknown[] | null): readonly Required[] | null {
  if (value === null) return null
  const rules = understood(z.array(Rule), value, 'for the rules of a branch')
  // These require workflows, and nobody says which checks those make.
  if (rules.some(({ type }) => type === 'workflows')) return null
  return rules
    .filter(({ type }) => type === 'required_status_checks')
    .flatMap(({ parameters }) => parameters?.required_status_checks ?? [])
    .map(({ context, integration_id: id }) => ({ context, appId: appOf(id) }))
}

const Branch = z.object({
  protection: z
    .object({
      required_status_checks: z
        .object({
          contexts: z.array(z.string()).nullish(),
          checks: z.array(z.object({ context: z.string(), app_id: z.int().nullish() })).nullish(),
        })
        .nullish(),
    })
    .nullish(),
})

function protectedBy(value: unknown): readonly Required[] | null {
  if (value === null) return null
  const { protection } = understood(Branch, value, 'for a branch')
  const { checks, contexts } = protection?.required_status_checks ?? {}
  const named = (checks ?? []).map(({ context, app_id: id }) => ({ context, appId: appOf(id) }))
  const others = (contexts ?? []).filter((each) => named.every(({ context }) => context !== each))
  return [...named, ...others.map((context) => ({ context, appId: null }))]
}

/** GitHub writes "any app" as null or as -1. */
function appOf(id: number | null | undefined): number | null {
  return id == null || id < 0 ? null : id
}
