/**
 * What is asked once before places are judged, however many: the clone's branches, its worktrees, who is
 * alive and where, and, only if somebody needs it, the landing branch as its remote has it now.
 */
import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join, sep } from 'node:path'

import type { TurnId } from '../executor.ts'
import { membersOf } from './members.ts'
import { type Fetched, fetchLanding, type Ground } from './place.ts'
import { folderOf, type Process, processes, runOf } from './processes.ts'
import { namesIn, recordsOf, turnNamed, turnsIn } from './records.ts'

export type Survey = {
  /** Of the clone, which its worktrees share. */
  readonly gitFolder: string
  /** The commit of each branch. */
  readonly branches: ReadonlyMap<string, string>
  /** By their real paths, as git knows them, also those that somebody deleted. */
  readonly worktrees: ReadonlyMap<string, Worktree>
  /** In words; null: nobody. */
  readonly whoIsIn: (path: string, runs: readonly string[]) => string | null
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
    whoIsIn: occupants(ground.folder, await processes()),
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

/** Of all runs at once: environments and folders are read one time. */
export function occupants(folder: string, all: readonly Process[]): Survey['whoIsIn'] {
  const alive = all.filter((one) => !one.isDead && one.pid !== process.pid)
  const named = new Set(alive.map(({ pid }) => runOf(pid)?.run))
  const seats = alive.map(({ pid }) => ({ pid, seat: folderOf(pid) }))
  const ids = namesIn(turnsIn(folder)).flatMap((name) => turnNamed(name) ?? [])
  const turns = Map.groupBy(ids, ({ run }) => run)

  return (path, runs) => {
    if (runs.some((run) => named.has(run))) return ALIVE
    for (const id of runs.flatMap((run) => turns.get(run) ?? [])) {
      const why = whoIsOf(id, folder, all)
      if (why !== null) return why
    }
    const guest = seats.find(({ seat }) => seat === path || seat?.startsWith(`${path}${sep}`))
    return guest === undefined ? null : `process ${guest.pid} is in it`
  }
}

const ALIVE = 'something of the run is alive'

function whoIsOf(id: TurnId, folder: string, all: readonly Process[]): string | null {
  try {
    const { wrapper, agent, own } = membersOf({ id, records: recordsOf(folder, id) }, all)
    return wrapper !== null || agent !== null || own.length > 0 ? ALIVE : null
  } catch (error) {
    // Nobody can show that its group is empty.
    return (error as Error).message
  }
}
