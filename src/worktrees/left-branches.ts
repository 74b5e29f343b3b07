/**
 * Which branches of a place may go with it, and which stay in the clone: no commit is lost with a worktree.
 *
 * One goes if it is below `afk/`, origin's landing branch has all of it, and nobody has checked it out
 * elsewhere: an agent can change what is written down of its place, and must not have its owner's branches
 * deleted. Where origin cannot be asked, all stay. A commit that is checked out and on no branch is given
 * one first.
 */
import type { Ground } from './ground.ts'
import { hasBranch } from './place.ts'
import type { Standing } from './standing.ts'
import { realPath, type Survey } from './survey.ts'

export type LeftBranches = {
  /** With the commit that origin has. */
  readonly landed: ReadonlyMap<string, string>
  readonly left: readonly string[]
}

export async function branchesLeft(
  standing: Standing,
  survey: Survey,
  ground: Ground,
): Promise<LeftBranches> {
  const path = realPath(standing.path)
  const worktree = survey.worktrees.get(path) ?? { head: null, branch: null }
  const elsewhere = [...survey.worktrees].filter(([other]) => other !== path)
  const isElsewhere = (branch: string) => elsewhere.some(([, each]) => each.branch === branch)
  const [landed, left] = [new Map<string, string>(), [] as string[]]
  for (const branch of new Set([...standing.branches, worktree.branch])) {
    const tip = branch === null ? undefined : survey.branches.get(branch)
    if (branch === null || tip === undefined) continue
    if (!(await hasLanded(tip, survey, ground))) left.push(branch)
    else if (isOurs(branch, standing) && !isElsewhere(branch)) landed.set(branch, tip)
  }
  const named = worktree.head && (await nameFor(worktree.head, { standing, survey, ground }))
  return { landed, left: named ? [...left, named] : left }
}

const isOurs = (branch: string, { branches }: Standing) =>
  branch.startsWith('afk/') && branches.includes(branch)

async function hasLanded(commit: string, survey: Survey, { repo, git }: Ground): Promise<boolean> {
  const fetched = await survey.landing()
  if (fetched.type !== 'fetched') return false
  return Number(await git(repo, ['rev-list', '--count', commit, `^${fetched.tip}`])) === 0
}

type Naming = { readonly standing: Standing; readonly survey: Survey; readonly ground: Ground }

/** Null: it needs no name. */
async function nameFor(head: string, { standing, survey, ground }: Naming): Promise<string | null> {
  const { repo, git } = ground
  if (await hasLanded(head, survey, ground)) return null
  const held = await git(repo, ['for-each-ref', '--count=1', '--contains', head, 'refs/heads'])
  if (held !== '') return null
  const name = `${standing.branches.at(-1) ?? 'afk'}-${head.slice(0, 12)}`
  if (!(await hasBranch(ground, name))) await git(repo, ['branch', '--no-track', name, head])
  return name
}
