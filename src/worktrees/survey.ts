/**
 * What is asked once before places are judged, however many: the clone's branches, its worktrees, who is
 * alive and where, and, only if somebody needs it, the landing branch as its remote has it now.
 */
import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

import type { Ground, WhoIsIn } from './ground.ts'
import { type Fetched, fetchLanding } from './place.ts'

export type Survey = {
  /** Of the clone, which its worktrees share. */
  readonly gitFolder: string
  /** The commit of each branch. */
  readonly branches: ReadonlyMap<string, string>
  /** By their real paths, as git knows them, also those that somebody deleted. */
  readonly worktrees: ReadonlyMap<string, Worktree>
  readonly whoIsIn: WhoIsIn
  readonly landing: () => Promise<Fetched>
}

export type Worktree = {
  /** Null: it has none yet. */
  readonly head: string | null
  readonly branch: string | null
  /** Why somebody locked it; null: nobody did. */
  readonly lock: string | null
}

export async function surveyOf(ground: Ground): Promise<Survey> {
  let fetched: Promise<Fetched> | undefined
  const common = ['rev-parse', '--path-format=absolute', '--git-common-dir']
  return {
    gitFolder: (await ground.git(ground.repo, common)).trim(),
    branches: await branchesIn(ground),
    worktrees: await worktreesOf(ground),
    whoIsIn: await ground.occupants(),
    landing: () => (fetched ??= fetchLanding(ground)),
  }
}

/** The name by which git lists it, also where it was deleted: its folder's real path. */
export function realPath(path: string): string {
  const folder = dirname(path)
  return existsSync(folder) ? join(realpathSync(folder), basename(path)) : path
}

async function branchesIn({ repo, git }: Ground): Promise<ReadonlyMap<string, string>> {
  const format = '--format=%(objectname) %(refname:lstrip=2)'
  const lines = (await git(repo, ['for-each-ref', format, 'refs/heads'])).split('\n')
  return new Map(
    lines.filter(Boolean).map((line) => {
      const at = line.indexOf(' ')
      return [line.slice(at + 1), line.slice(0, at)]
    }),
  )
}

async function worktreesOf({ repo, git }: Ground): Promise<ReadonlyMap<string, Worktree>> {
  const listed = await git(repo, ['worktree', 'list', '--porcelain'])
  const entries = listed.split('\n\n').flatMap((entry) => {
    const field = (name: string) => new RegExp(`^${name}(?: (.*))?$`, 'm').exec(entry)
    const path = field('worktree')?.[1]
    if (path === undefined) return []
    const head = field('HEAD')?.[1] ?? ''
    const branch = field('branch')?.[1]?.replace('refs/heads/', '') ?? null
    const lock = field('locked')
    const worktree = {
      head: /^0*$/.test(head) ? null : head,
      branch,
      lock: lock && (lock[1] ?? ''),
    }
    return [[path, worktree] as const]
  })
  return new Map(entries)
}
