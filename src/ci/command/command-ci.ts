/**
 * CI as a command of ours: argv, run in a clean checkout of exactly the commit; its exit code is the verdict.
 *
 * Never through a shell. It gets PATH, HOME, LANG, the configured env, `CI=1` and `AFK_COMMIT`, nothing
 * else of this process, and its own process group. One runs at a time, and of each commit one, also with
 * another node at the same folder. A verdict stays: it is found after a restart, and a run that was cut
 * short leaves none and is started again by the next look. Green is the exit code 0 and nothing else. A
 * command that no commit could start (not installed) is `misconfigured` and throws: it is nobody's red.
 * A path inside of the checkout that is not there is the commit's own red.
 *
 * It runs what an agent wrote, as this user. Results and checkouts lie outside of any worktree, and that
 * is all: an agent, or a test that it wrote, running as the same user can write a verdict into `results`,
 * change the clone, or kill the command. What keeps it from that is another user, or a CI elsewhere.
 * Not for Windows.
 */
import { join, resolve } from 'node:path'

import type { Clock } from '../../clock.ts'
import { git, GitError } from '../../git/git.ts'
import type { Verdict } from '../../run/event.ts'
import { CiError } from '../ci-error.ts'
import type { Ci } from '../ci.ts'
import { asCiError, attempts } from './attempts.ts'
import { checkCommand } from './check.ts'
import { judging } from './judging.ts'
import { lastLines } from '../last-lines.ts'
import { results } from './results.ts'

export type CommandCiOptions = {
  /** A whole clone that has the commits. */
  readonly repo: string
  /** Outside of any worktree: `checkouts`, `results` and `locks` are made in it. */
  readonly folder: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly timeoutMs: number
  readonly clock: Clock
}

export type CommandCi = Ci & {
  /** Kills what it started; that leaves no verdict. Afterwards only what is known is told. */
  readonly close: () => Promise<void>
}

/**
 * One for each repository. `watch` tells of what this one ran; of another node's, the next look.
 *
 * @throws {CiError} so do its looks.
 * @example commandCi({ repo, folder, argv: ['npm', 'test'], env: {}, timeoutMs: 1_800_000, clock })
 */
export function commandCi(options: CommandCiOptions): CommandCi {
  const { repo, argv, clock } = options
  if (argv.length === 0) throw new CiError('misconfigured', 'the CI command is empty')
  const folder = resolve(options.folder)
  const kept = results(join(folder, 'results'), argv)
  const { judge, stop, drop } = judging({ ...options, folder, kept })
  const queue = attempts({ judge, clock })
  let isClosed = false

  return {
    async look(commit) {
      const known = await knownOf(commit)
      if (known !== null) return known
      if (isClosed) throw new CiError('unavailable', 'this CI was closed')
      const failure = queue.failure(commit)
      await mustBeIn(repo, commit)
      if (queue.mayTry(commit)) queue.start(commit)
      if (failure) throw failure
      return { verdict: 'pending', waitsFor: 'checks' }
    },

    logs: async (commit) => lastLines(await kept.log(hashed(commit))),

    async forget(before) {
      try {
        await kept.forget(before)
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        throw new CiError('unavailable', why, { cause: error })
      }
    },

    drop(commit) {
      queue.drop(commit)
      drop(commit)
    },

    watch: queue.watch,

    check: async () => checkCommand(options),

    async close() {
      isClosed = true
      stop()
      await queue.over()
    },
  }

  async function knownOf(commit: string): Promise<Verdict | null> {
    try {
      return await kept.verdict(hashed(commit))
    } catch (error) {
      throw asCiError(error, commit)
    }
  }
}

function hashed(commit: string): string {
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(commit)) return commit
  throw new CiError('unknown-commit', `${JSON.stringify(commit).slice(0, 80)} is no commit`)
}

async function mustBeIn(repo: string, commit: string): Promise<void> {
  try {
    await git(repo, ['rev-parse', '--verify', '--quiet', `${commit}^{commit}`])
  } catch (error) {
    if (!(error instanceof GitError) || error.code !== 1) throw asCiError(error, commit)
    const message = `${repo} has no commit ${commit}; it must be fetched there first`
    throw new CiError('unknown-commit', message, { cause: error })
  }
}
