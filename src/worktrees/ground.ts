/**
 * What worktrees are made on: the clone, its landing branch, the folder of places and records, and git.
 *
 * Its git is ended when it takes too long or is called off. Who is alive in a place only the executor knows.
 */
import { git } from '../git/git.ts'
import { inTurn, type InTurn } from '../in-turn.ts'

export type Ground = {
  /** The clone. */
  readonly repo: string
  readonly landingBranch: string
  /** Where worktrees and the turns' records live: outside the clone. */
  readonly folder: string
  /** Git in a folder, with the owner's environment, ended when it takes too long. */
  readonly git: (cwd: string, args: readonly string[]) => Promise<string>
  /** One look at who is alive, for however many places. */
  readonly occupants: () => Promise<WhoIsIn>
}

/** Of these runs, or in the folder of their place: in words; null: nobody. */
export type WhoIsIn = (path: string, runs: readonly string[]) => string | null

export type GroundOptions = Omit<Ground, 'git'> & {
  readonly env: Readonly<Record<string, string>>
  /** Ends whatever git is at. */
  readonly signal?: AbortSignal
}

/** Its git is ended after so long, or when it is called off. */
export function groundOf(
  { repo, landingBranch, folder, occupants, env, signal }: GroundOptions,
  ms: number,
): Ground {
  return {
    repo,
    landingBranch,
    folder,
    occupants,
    async git(cwd, args) {
      const within = AbortSignal.any([AbortSignal.timeout(ms), ...(signal ? [signal] : [])])
      try {
        return await git(cwd, args, { env, signal: within })
      } catch (error) {
        // What is called off says nothing of the clone.
        if (signal?.aborted) throw new Error('git was called off', { cause: error })
        throw error
      }
    },
  }
}

/** By the clone, whichever generation of a node asks: git locks it. */
const queues = new Map<string, InTurn>()

export function inTurnAt(repo: string): InTurn {
  const queue = queues.get(repo) ?? inTurn()
  queues.set(repo, queue)
  return queue
}
