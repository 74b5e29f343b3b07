/**
 * The landing branch as git has it: a clone whose remote `origin` is asked anew each time.
 *
 * A commit is the run's if its message has the trailer `AFK-Run: <run id>` as git reads trailers, or if
 * it is the newest of the run's own branch on the remote, so that this whole branch has landed. Being
 * somewhere in that branch is not enough: a branch that was rebased on, or merged, what others landed
 * holds their commits too. Another run's trailer is the other run's. What is named is the commit of the
 * landing branch that brought the work in (`own-work.ts`).
 *
 * It does not say who pushed: whoever can push can write any trailer, and a branch that was only moved to
 * a commit somebody else landed, without a commit of its own, is believed. A squash merge has the trailer
 * or is nobody's. Of what landed since the base, the newest 10,000 commits are read.
 */
import { systemClock, type Clock } from '../../clock.ts'
import { LandingError } from '../landing-error.ts'
import type { Landing, RunRef } from '../landing.ts'
import { checkRemote } from './check.ts'
import { clone } from './clone.ts'
import { newestWith } from './own-work.ts'
import { remoteHeads } from './remote-heads.ts'

export type GitLandingOptions = {
  /** A clone with a remote `origin`: its work tree is nobody's business here. */
  readonly repo: string
  readonly branch: string
  /** For git, on top of its bare environment: how it finds credentials. */
  readonly env?: Readonly<Record<string, string>>
  readonly clock?: Pick<Clock, 'monotonic'>
  /** Ends whatever git is at. */
  readonly signal?: AbortSignal
}

/**
 * One for each repository: it is what keeps fetches from running twice at once.
 *
 * @throws {LandingError} so does each of its answers.
 * @example const landing = gitLanding({ repo: '/srv/shop', branch: 'main' })
 */
export function gitLanding(options: GitLandingOptions): Landing {
  const { repo, branch, env: given = {}, clock = systemClock } = options
  // A replaced commit is another commit under the hash of this one.
  const env = { ...given, GIT_NO_REPLACE_OBJECTS: '1' }
  const { signal } = options
  const look = remoteHeads({ repo, branch: named(branch, 'branch'), env, clock, signal })
  const history = clone({ repo, env, signal })
  const owned = memory<string | null>()
  const has = memory<boolean>()

  return {
    tip: async (since) => (await look(since)).tip,

    async pushedBy({ id, branch: its, base, continues }: RunRef, since?: number) {
      named(id, 'run')
      named(its, 'branch')
      if (!isHash(base)) throw new LandingError('invalid', 'the run began at no commit')
      const { tip, commits } = await look(since)
      if (tip === base) return null
      const head = its === branch ? null : commits.get(its)
      const own = [id, ...continues]
      return owned(`${own.join(' ')} ${base} ${tip} ${head}`, async () =>
        newestWith(await history.gained({ base, tip }), ({ hash, runs }) =>
          runs.length > 0 ? runs.some((run) => own.includes(run)) : hash === head,
        ),
      )
    },

    async contains(commit) {
      if (!isHash(commit)) return false
      const { tip } = await look()
      return has(
        `${commit} ${tip}`,
        async () => (await history.isCommit(commit)) && history.isAncestor(commit, tip),
      )
    },

    async standing(commit, base, since) {
      if (!isHash(commit) || !isHash(base)) return 'missing'
      const { tip } = await look(since)
      const isIn = (whole: string) =>
        has(`${commit} ${whole}`, async () => {
          return (await history.isCommit(commit)) && history.isAncestor(commit, whole)
        })
      if (!(await isIn(tip))) return 'missing'
      return (await isIn(base)) ? 'before' : 'since'
    },

    read: async (path) => history.file((await look()).tip, path),

    check: () => checkRemote({ repo, branch, env }),
  }
}

/** What git said of commits stays true: between two pushes nothing is asked again. */
function memory<T extends string | boolean | null>() {
  const answers = new Map<string, T>()
  return async (question: string, ask: () => Promise<T>): Promise<T> => {
    const known = answers.get(question)
    if (known !== undefined) return known
    const answer = await ask()
    if (answers.size >= REMEMBERED) answers.clear()
    answers.set(question, answer)
    return answer
  }
}

const REMEMBERED = 100

function isHash(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text)
}

/** What git takes for a branch, less what only a trick would have. */
function named(name: string, what: 'branch' | 'run'): string {
  if (/^[\w./-]+$/.test(name) && !/^[-./]|\.\.|\/[/.]|\.lock(?:\/|$)|[/.]$/.test(name)) return name
  throw new LandingError('invalid', `${JSON.stringify(name).slice(0, 80)} can be no ${what}’s name`)
}
