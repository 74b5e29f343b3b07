/** Chores, slots and pauses, in SQLite. Each function is one unit's work, or a read. */
import type { DatabaseSync } from 'node:sqlite'

import type { ChoreKind } from '../../run/transition.ts'
import type { Chore, ChoreEnd, DueChores, Pause } from '../runs.ts'

type Row = { id: number; run: string; kind: ChoreKind; tries: number; detail: string | null }

export function choreStatements(db: DatabaseSync) {
  const columns = 'id, run_id as run, kind, tries, detail'
  // Only the first that is not done: a worktree is not tidied while its agent may still write.
  const selectDue = db.prepare(
    `select ${columns} from chore c where done_at is null and due_at <= ?1 and (?3 is null or run_id = ?3) and id =
       (select min(id) from chore f where f.run_id = c.run_id and f.done_at is null)
     order by due_at, id limit ?2`,
  )
  const selectOf = db.prepare(
    `select ${columns}, done_at is not null as isDone from chore where run_id = ? order by id`,
  )
  const done = db.prepare(
    `update chore set done_at = ?, tries = tries + 1, detail = ? where id = ? and done_at is null`,
  )
  const again = db.prepare(
    `update chore set due_at = ?, tries = tries + 1, detail = ? where id = ? and done_at is null`,
  )
  return {
    dueChores: ({ now, limit, run }: DueChores): readonly Chore[] =>
      (selectDue.all(now, limit, run) as Row[]).map((row) => ({ ...row })),
    chores: (run: string) =>
      (selectOf.all(run) as Array<Row & { isDone: number }>).map((row) => ({
        ...row,
        isDone: row.isDone === 1,
      })),
    endChore(id: number, end: ChoreEnd): void {
      if (end.type === 'done') done.run(end.at, end.detail, id)
      else again.run(end.at, end.detail, id)
    },
  }
}

export function slotStatements(db: DatabaseSync) {
  const select = db.prepare(`select repo, run_id from slot`)
  const free = db.prepare(`delete from slot where run_id = ?`)
  return {
    slots: (): ReadonlyMap<string, string> =>
      new Map(
        (select.all() as Array<{ repo: string; run_id: string }>).map((row) => [
          row.repo,
          row.run_id,
        ]),
      ),
    freeSlot: (run: string): void => void free.run(run),
  }
}

export function pauseStatements(db: DatabaseSync) {
  const select = db.prepare(`select scope, at, by from pause order by at, scope`)
  const insert = db.prepare(`insert or ignore into pause (scope, at, by) values (?, ?, ?)`)
  const remove = db.prepare(`delete from pause where scope = ?`)
  return {
    pauses: (): readonly Pause[] => (select.all() as Pause[]).map((row) => ({ ...row })),
    pause: ({ scope, at, by }: Pause): void => void insert.run(scope, at, by),
    resume: (scope: string): void => void remove.run(scope),
  }
}
