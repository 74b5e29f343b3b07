/**
 * What a doctor can find out about where work lands: the remote is asked, and nothing is fetched or pushed.
 *
 * Who may push is for the remote to say when somebody does: AFK never pushes, its agents do.
 */
import { existsSync } from 'node:fs'

import { bad, type Finding, good, unproven } from '../../doorbell/finding.ts'
import { git, GitError } from '../../git/git.ts'

export type CheckedRemote = {
  readonly repo: string
  readonly branch: string
  readonly env: Readonly<Record<string, string>>
}

const ANSWER_MS = 10_000

export async function checkRemote(remote: CheckedRemote): Promise<readonly Finding[]> {
  const { repo, branch } = remote
  if (!existsSync(repo)) return [bad(`${repo} is not there`, 'clone the repository to it')]
  try {
    const tip = await tipOf(remote)
    if (tip === null)
      return [bad(`origin has no branch ${branch}`, 'push it, or correct landingBranch')]
    const mend = `git push --dry-run origin HEAD:${branch}, as whoever the agents run as`
    return [
      good(`origin answers, and its ${branch} is at ${tip.slice(0, 12)}`),
      unproven(`whether an agent may push to ${branch}`, mend),
    ]
  } catch (error) {
    if (!(error instanceof GitError)) throw error
    return [unanswered(repo, error)]
  }
}

/** Null: it has no such branch. */
async function tipOf({ repo, branch, env }: CheckedRemote): Promise<string | null> {
  const ref = `refs/heads/${branch}`
  const signal = AbortSignal.timeout(ANSWER_MS)
  const said = await git(repo, ['ls-remote', '--heads', 'origin', ref], { env, signal })
  // A pattern of git's is met by the end of a longer name, too.
  const heads = said.split('\n').map((line) => line.split('\t'))
  return heads.find(([, name]) => name === ref)?.[0] ?? null
}

function unanswered(repo: string, { code, stderr, message }: GitError): Finding {
  if (code === 'ENOENT') return bad('git is not installed, or not on the PATH', 'install it')
  const why = code === 'ABORT_ERR' ? `nothing in ${ANSWER_MS / 1_000} s` : saidBy(stderr) || message
  return bad(`origin of ${repo} does not answer: ${why}`, `git ls-remote origin there says more`)
}

/** The reason stands first; what follows is advice. */
function saidBy(stderr: string): string {
  return stderr.split('\n').filter(Boolean).slice(0, 2).join(' ')
}
