/**
 * What is there when a world is over: its store, what its agents noted, its issues, its remote, its folders
 * and the processes of this machine. Reads only, and not through the code that wrote it.
 */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { git } from '../src/git/git.ts'
import type { Entry } from '../src/run/event.ts'
import type { Run } from '../src/run/run.ts'
import { type LoopWorld, readOr } from './loop-world.ts'

export type Facts = {
  /** As they were queued. */
  readonly runs: readonly Run[]
  readonly ledger: readonly Entry[]
  readonly rings: readonly RingRow[]
  readonly deliveries: ReadonlyArray<{ readonly runId: string; readonly state: string }>
  readonly chores: readonly ChoreRow[]
  readonly slots: readonly string[]
  readonly notes: readonly Note[]
  /** What landed, oldest first, with the run that its trailer names. */
  readonly landed: ReadonlyArray<{ readonly commit: string; readonly run: string }>
  readonly issue: (number: number) => string
  readonly issueFiles: readonly string[]
  /** By the run that each was made for. */
  readonly worktrees: readonly string[]
  readonly branches: readonly string[]
  readonly processes: readonly string[]
}

export type RingRow = {
  readonly id: string
  readonly key: string
  readonly kind: string
  readonly runId: string | null
}

export type ChoreRow = {
  readonly runId: string
  readonly kind: string
  readonly isDone: boolean
  readonly detail: string | null
}

/** What an agent appended to its world's journal. */
export type Note = {
  readonly what: 'start' | 'end' | 'violation'
  readonly run: string
  readonly turn: number
  readonly pid: number
  readonly at: number
  /** Of an end: what it pushed. */
  readonly commit?: string | null
}

export async function factsOf(world: LoopWorld): Promise<Facts> {
  const { name, folder, issue } = world
  const agents = join(folder, 'loop', encodeURIComponent(name), 'agents')
  const branches = await git(join(folder, 'clone'), ['branch', '--format=%(refname:short)'])
  const history = ['log', '--reverse', '--format=%H %(trailers:key=AFK-Run,valueonly,separator=)']
  const log = linesOf(await git(join(folder, 'origin.git'), [...history, 'main']))
  return {
    ...storeOf(world),
    notes: linesOf(readOr('', join(folder, 'agents.jsonl'))).map(
      (line) => JSON.parse(line) as Note,
    ),
    landed: log.map((line) => ({ commit: line.slice(0, 40), run: line.slice(41) })),
    issue: (number) => issue(number) ?? '',
    issueFiles: readdirSync(join(folder, 'issues')).filter((file) => file.endsWith('.md')),
    worktrees: readdirSync(join(agents, 'worktrees')),
    branches: linesOf(branches),
    processes: processesOf(world),
  }
}

const linesOf = (text: string) => text.split('\n').filter((line) => line !== '')

export function storeOf({ folder }: LoopWorld) {
  const db = new DatabaseSync(join(folder, 'afk.db'), { readOnly: true })
  const rows = <T>(sql: string) => db.prepare(sql).all() as T[]
  try {
    return {
      runs: rows<{ body: string }>(`select body from run order by seq`).map(
        ({ body }) => JSON.parse(body) as Run,
      ),
      ledger: rows<{ run: string | null; what: string }>(
        `select run_id as run, what from run_event order by seq`,
      ).map(({ run, what }) => ({ run, what: JSON.parse(what) as Entry['what'] })),
      rings: rows<RingRow>(`select id, key, kind, run_id as runId from ring order by seq`),
      deliveries: rows<{ runId: string; state: string }>(
        `select run_id as runId, state from delivery join ring on ring.seq = ring_seq`,
      ),
      chores: rows<Omit<ChoreRow, 'isDone'> & { doneAt: number | null }>(
        `select run_id as runId, kind, detail, done_at as doneAt from chore order by id`,
      ).map(({ doneAt, ...chore }) => ({ ...chore, isDone: doneAt !== null })),
      slots: rows<{ run: string }>(`select run_id as run from slot`).map(({ run }) => run),
    }
  } finally {
    db.close()
  }
}

/** What happened to each run, for whoever has to find out why a world is not as it must be. */
export function storyOf({ runs, ledger, notes }: Facts): readonly string[] {
  return runs.flatMap(({ id, issue, state }) => [
    `${id} #${issue.number} ${state}`,
    ...ledger.flatMap(({ run, what }) => (run === id ? [`  ${JSON.stringify(what)}`] : [])),
    ...notes.flatMap((note) => (note.run === id ? [`  agent: ${JSON.stringify(note)}`] : [])),
  ])
}

/** By the run in their environment, or by their folder. Where there is no /proc nobody can tell: none. */
export function processesOf(world: LoopWorld): readonly string[] {
  if (!existsSync('/proc')) return []
  const { folder } = world
  const runs = new Set(storeOf(world).runs.map(({ id }) => id))
  return readdirSync('/proc').flatMap((pid) => {
    if (!/^\d+$/.test(pid) || Number(pid) === process.pid) return []
    const environment = readProc(() => readFileSync(`/proc/${pid}/environ`, 'utf8'))
    const [, run = ''] = /(?:^|\0)AFK_RUN=([^\0]*)/.exec(environment) ?? []
    const cwd = readProc(() => readlinkSync(`/proc/${pid}/cwd`))
    if (!runs.has(run) && !cwd.startsWith(`${folder}/`)) return []
    const command = readProc(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'))
    return `${pid} ${run} in ${cwd}: ${command.replaceAll('\0', ' ').slice(0, 200)}`
  })
}

/** Empty: it has gone in between, or it is another user's. */
function readProc(look: () => string): string {
  try {
    return look()
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(code)) return ''
    throw error
  }
}
