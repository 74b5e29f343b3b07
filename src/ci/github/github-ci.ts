/**
 * What GitHub says of a commit: its check runs, statuses and workflows, folded.
 *
 * Where it is known which checks the branch requires, one read is a verdict; elsewhere green and red are said once
 * two reads agree that are thirty seconds apart, and so where GitHub counts more than it lists. A look only reads:
 * every ten seconds at the most, else it says what was read last, and at once after `hasten`, before all else that
 * waits for GitHub. What has not changed costs none of the hourly budget, and mostly one request (`sparing.ts`). What
 * cannot be asked throws `unavailable`; what the token may not read is `misconfigured`. A commit that GitHub does not know is
 * `unknown-commit` only where it shows the repository.
 *
 * Nothing is kept on disk: after a restart a verdict is read again, twice where two reads are needed.
 */
import type { Clock } from '../../clock.ts'
import type { GithubClient } from '../../github/client.ts'
import { GithubError } from '../../github/github-error.ts'
import { pathsOf } from '../../github/paths.ts'
import type { Verdict } from '../../run/event.ts'
import type { Failing } from '../../run/run.ts'
import { CiError, type CiErrorCode } from '../ci-error.ts'
import type { Ci } from '../ci.ts'
import { agreeing } from './agreeing.ts'
import { asChecks } from './as-checks.ts'
import { checkBranch } from './check.ts'
import { logsOf } from './logs.ts'
import { readingOf } from './reading.ts'
import { recently } from './recently.ts'
import { foldRequired } from './required-fold.ts'
import { requiredChecks } from './required.ts'
import { sparing } from './sparing.ts'
import { urgency } from './urgency.ts'
import { watchers } from './watchers.ts'

export type GithubCiOptions = {
  /** `owner/name`. */
  readonly repo: string
  /** One for all repositories of a token. */
  readonly client: GithubClient
  /** Names of checks, whoever reports them; null: as the branch's protection says. */
  readonly required: readonly string[] | null
  /** Where work lands. */
  readonly branch: string
  readonly clock: Clock
}

export type GithubCi = Ci & {
  /** Something has happened to it: whoever watches is called at once. */
  hasten(commit: string): void
}

const readEveryMs = 10_000

/**
 * @throws {TypeError} if `repo` is no `owner/name`.
 * @example githubCi({ repo: 'octo/infra', client, required: null, branch: 'main', clock })
 */
export function githubCi(options: GithubCiOptions): GithubCi {
  const { repo, client, branch, clock } = options
  const at = pathsOf(repo)
  const required = requiredChecks({ client, at, branch, configured: options.required, clock })
  const reads = agreeing(clock)
  const recent = recently<Verdict>(readEveryMs, clock)
  const spare = sparing()
  const urgent = urgency()
  const { watch, hasten, remind } = watchers(clock, (commit) => {
    urgent.mark(commit)
    spare.drop(commit)
    recent.drop(commit)
  })

  async function read(commit: string): Promise<Verdict> {
    const isHastened = urgent.taken(commit)
    let hasChanged = false
    const far = client.urgent(() => hasChanged || isHastened())
    const last = reads.last(commit)
    if (last?.verdict === 'pending') {
      const since = await spare.since(commit, await required(far), { far, at })
      if (since === 'unchanged') return last
      hasChanged = since === 'changed'
    }
    const [reading, asked] = await Promise.all([readingOf(commit, { far, at }), required(far)])
    const isKnown = asked !== null && asked.length > 0 && reading.isWhole
    const checks = asChecks(reading)
    const verdict = reads.said(commit, foldRequired(checks, asked), isKnown)
    if (isKnown && verdict.verdict === 'pending')
      spare.waits(commit, { reading, checks, required: asked })
    const dueAt = reads.dueAt(commit)
    if (dueAt !== null) remind(commit, dueAt)
    return verdict
  }

  return {
    watch,
    hasten,
    look: (commit) => asking(options, commit, () => recent.of(hashed(commit), () => read(commit))),
    logs: (commit, failing) =>
      asking(options, commit, async () => {
        const last = reads.last(commit)
        const named = failing.length === 0 && last?.verdict === 'red' ? last.failing : failing
        if (named.length === 0) return ''
        const checks = asChecks(await readingOf(hashed(commit), { far: client, at }))
        const isNamed = (each: Failing) =>
          named.some(({ name, url }) => name === each.name && url === each.url)
        return logsOf(checks.filter(isNamed), { client, at })
      }),
    // What runs there is not ours.
    drop: () => {},
    forget: async (before) => {
      for (const commit of reads.forget(before)) {
        spare.drop(commit)
        recent.drop(commit)
      }
    },
    check: () => checkBranch({ client, at, branch, configured: options.required, clock }),
  }
}

function hashed(commit: string): string {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) return commit
  throw new CiError('unknown-commit', `${JSON.stringify(commit).slice(0, 80)} is no commit`)
}

type Place = Pick<GithubCiOptions, 'client' | 'repo'>

/** The port's error for the client's. */
async function asking<T>(place: Place, commit: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof GithubError)) throw error
    const isThere = codes[error.code] !== 'unknown-commit' || (await isShown(place))
    if (isThere) throw new CiError(codes[error.code], error.message, { cause: error })
    const message = `GitHub shows no repository ${place.repo} to this token, asked of ${commit}`
    throw new CiError('misconfigured', message, { cause: error })
  }
}

const codes: Readonly<Record<GithubError['code'], CiErrorCode>> = {
  unreachable: 'unavailable',
  limited: 'unavailable',
  unauthorized: 'misconfigured',
  forbidden: 'misconfigured',
  gone: 'unknown-commit',
  refused: 'unknown-commit',
}

/** A token that lost its access sees 404 everywhere. @throws {CiError} if it cannot be asked. */
async function isShown({ client, repo }: Place): Promise<boolean> {
  try {
    await client.get(`/repos/${repo}`)
    return true
  } catch (error) {
    if (!(error instanceof GithubError)) throw error
    if (error.code === 'gone') return false
    throw new CiError(codes[error.code], error.message, { cause: error })
  }
}
