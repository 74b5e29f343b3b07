/**
 * What a branch demands: classic protection, and the rules of rulesets.
 *
 * A required check is named by its context and, mostly, by the app that must report it. Both kinds count
 * for a merge. A branch without classic protection is told as not protected, whatever its rulesets say.
 */
import { apiOf } from './json.ts'
import type { BranchRule, Issue, MergeMethod, Repository, RequiredCheck } from './model.ts'
import { paged } from './paging.ts'
import { ok, Refusal, type Route } from './route.ts'
import { fullNameOf, type State } from './state.ts'

export type RulesHandle = {
  /** Classic; null takes the protection away. */
  protect(branch: string, checks: readonly Required[] | null): void
  /** By a ruleset. */
  require(branch: string, checks: readonly Required[], source?: BranchRule['source']): void
  /** By a ruleset, and in these ways alone; all of them, unless it is said. */
  requireReview(branch: string, methods?: readonly MergeMethod[]): void
  /** Any other rule of a ruleset. */
  rule(branch: string, rule: BranchRule['rule']): void
  /** No ruleset names the branch any more. */
  unrule(branch: string): void
}

export type Required = string | { readonly context: string; readonly appId: number }

export function rulesHandle(state: State, repository: Repository): RulesHandle {
  const add = (branch: string, rule: BranchRule['rule']) =>
    void repository.rules.push({ branch, source: 'Repository', rulesetId: state.nextId(), rule })
  return {
    protect(branch, checks) {
      if (checks === null) repository.protections.delete(branch)
      else repository.protections.set(branch, checks.map(whole))
    },
    require(branch, checks, source = 'Repository') {
      const required = checks.map(whole).map(({ context, appId }) => ({
        context,
        ...(appId !== null && { integration_id: appId }),
      }))
      const parameters = {
        required_status_checks: required,
        strict_required_status_checks_policy: false,
      }
      const rule = { type: 'required_status_checks', parameters }
      repository.rules.push({ branch, source, rulesetId: state.nextId(), rule })
    },
    requireReview: (branch, methods) =>
      add(branch, {
        type: 'pull_request',
        parameters: {
          required_approving_review_count: 1,
          dismiss_stale_reviews_on_push: false,
          require_code_owner_review: false,
          require_last_push_approval: false,
          required_review_thread_resolution: false,
          ...(methods && { allowed_merge_methods: methods }),
        },
      }),
    rule: add,
    unrule(branch) {
      const kept = repository.rules.filter((each) => each.branch !== branch)
      repository.rules.splice(0, repository.rules.length, ...kept)
    },
  }
}

function whole(check: Required): RequiredCheck {
  return typeof check === 'string' ? { context: check, appId: null } : check
}

export const ruleRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'R/rules/branches/{branch+}',
    operation: 'repos/get-branch-rules',
    needs: ['metadata', 'read'],
    answer(ask) {
      const { repository, params } = ask
      const all = repository.rules.filter(({ branch }) => branch === params['branch'])
      const { items, headers } = paged(ask, all)
      return ok(
        items.map((each) => ruleJson(repository, each)),
        headers,
      )
    },
  },
  {
    method: 'GET',
    path: 'R/branches/{branch+}/protection',
    operation: 'repos/get-branch-protection',
    needs: ['administration', 'read'],
    answer({ state, repository, params, role }) {
      if (role !== 'admin') throw new Refusal(404, 'Not Found')
      const { isProtected, protection } = protectionOf(repository, params['branch'] ?? '')
      if (!isProtected) throw new Refusal(404, 'Branch not protected')
      const url = `${apiOf(state, repository)}/branches/${params['branch']}/protection`
      return ok({ url, ...protection })
    },
  },
]

function ruleJson(repository: Repository, { rule, source, rulesetId }: BranchRule) {
  return {
    ...rule,
    ruleset_source_type: source,
    ruleset_source: source === 'Repository' ? fullNameOf(repository) : repository.owner.login,
    ruleset_id: rulesetId,
  }
}

/** As the answer for a branch tells it. */
export function protectionOf(repository: Repository, branch: string) {
  const checks = repository.protections.get(branch)
  const required = (checks ?? []).map(({ context, appId }) => ({ context, app_id: appId }))
  return {
    isProtected: checks !== undefined,
    protection: {
      enabled: checks !== undefined,
      required_status_checks: {
        enforcement_level: required.length === 0 ? 'off' : 'non_admins',
        contexts: required.map(({ context }) => context),
        checks: required,
      },
    },
  }
}

/** By both kinds. */
function requiredChecks(repository: Repository, branch: string): readonly RequiredCheck[] {
  const byRules = repository.rules
    .filter((each) => each.branch === branch && each.rule.type === 'required_status_checks')
    .flatMap(({ rule }) => rule.parameters?.['required_status_checks'] as readonly RuledCheck[])
    .map(({ context, integration_id: appId = null }) => ({ context, appId }))
  return [...(repository.protections.get(branch) ?? []), ...byRules]
}

type RuledCheck = { readonly context: string; readonly integration_id?: number }

/** The required checks that have not ended well at a pull request's head. */
export function missingChecks({ repository, pull }: Issue): readonly string[] {
  if (pull === null) return []
  const { headSha } = pull
  const isMet = ({ context, appId }: RequiredCheck) =>
    repository.checkRuns.findLast(
      ({ name, suite }) =>
        name === context && suite.sha === headSha && (appId === null || suite.app.id === appId),
    )
  const hasEnded = (check: RequiredCheck) => {
    const { conclusion = null } = isMet(check) ?? {}
    if (conclusion !== null) return ['success', 'neutral', 'skipped'].includes(conclusion)
    const status = repository.statuses.findLast(
      ({ context, sha }) => context === check.context && sha === headSha,
    )
    return status?.state === 'success' && check.appId === null
  }
  return requiredChecks(repository, pull.base)
    .filter((check) => !hasEnded(check))
    .map(({ context }) => context)
}

/** How many reviews the base demands. */
export function reviewsFor(issue: Issue): number {
  const counts = rulesFor(issue, 'pull_request').map(({ parameters }) =>
    Number(parameters?.['required_approving_review_count'] ?? 0),
  )
  return Math.max(0, ...counts)
}

/** Of a type, for the base of a pull request. */
export function rulesFor(
  { repository, pull }: Issue,
  type: string,
): ReadonlyArray<BranchRule['rule']> {
  return repository.rules
    .filter(({ branch, rule }) => branch === pull?.base && rule.type === type)
    .map(({ rule }) => rule)
}
