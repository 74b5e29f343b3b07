/** Runs and their ledgers, in SQLite. Each function is one unit's work, or a read. */
import type { DatabaseSync } from 'node:sqlite'

import type { Entry } from '../../run/event.ts'
import { isEnded, type Run } from '../../run/run.ts'
import type { Move, RunFilter, RunPage, StoredRun } from '../runs.ts'
import type { acceptStatement } from './accept.ts'

type Row = { seq: number; body: string; revision: number }

export function runStatements(db: DatabaseSync, accept: ReturnType<typeof acceptStatement>) {
  const insertSlot = db.prepare(`insert or ignore into slot (repo, run_id) values (?, ?)`)
  const selectSlot = db.prepare(`select run_id from slot where repo = ?`)
  const insertRun = db.prepare(
    `insert into run (id, repo, number, lineage, state, body, revision, is_live) values (?, ?, ?, ?, ?, ?, 1, ?)`,
  )
  const update = db.prepare(
    `update run set state = ?, body = ?, is_live = ?, revision = revision + 1 where id = ? and revision = ?`,
  )
  const insertChore = db.prepare(
    `insert or ignore into chore (run_id, kind, due_at) values (?, ?, ?)`,
  )
  const markRing = db.prepare(`update ring set run_id = ? where id = ?`)
  const append = appendStatement(db)

  return {
    queueRun(run: Run): { type: 'queued' } | { type: 'busy'; run: string } {
      const { repo, number } = run.issue
      if (insertSlot.run(repo, run.id).changes === 0)
        return { type: 'busy', run: String(selectSlot.get(repo)?.['run_id']) }
      insertRun.run(
        run.id,
        repo,
        number,
        run.lineage,
        run.state,
        JSON.stringify(run),
        liveMark(run),
      )
      return { type: 'queued' }
    },

    move({ from, to, entries, ring, chores, now }: Move): boolean {
      const { id, lineage } = to
      const text = JSON.stringify(to)
      if (update.run(to.state, text, liveMark(to), id, from.revision).changes === 0) return false
      for (const what of entries) append({ lineage, run: id, what })
      for (const kind of chores) insertChore.run(id, kind, now)
      if (ring !== null) {
        accept(ring)
        markRing.run(id, ring.ring.id)
      }
      return true
    },
  }
}

const liveMark = (run: Run) => (isEnded(run) ? 0 : 1)

export function appendStatement(db: DatabaseSync) {
  const insert = db.prepare(`insert into run_event (lineage, run_id, at, what) values (?, ?, ?, ?)`)
  return ({ lineage, run, what }: Entry & { lineage: string }): void => {
    insert.run(lineage, run, what.at, JSON.stringify(what))
  }
}

export function runReads(db: DatabaseSync) {
  const one = db.prepare(`select seq, body, revision from run where id = ?`)
  const live = db.prepare(`select seq, body, revision from run where is_live = 1 order by seq`)
  const last = db.prepare(
    `select seq, body, revision from run where repo = ? and number = ? order by seq desc limit 1`,
  )
  const page = db.prepare(
    `select seq, body, revision from run
     where (?1 is null or seq < ?1) and (?2 is null or is_live = ?2) order by seq desc limit ?3`,
  )
  const selectLedger = db.prepare(
    `select run_id, what from run_event where lineage = ? order by seq`,
  )
  return {
    run: (id: string) => toStored(one.get(id) as Row | undefined),
    liveRuns: () => (live.all() as Row[]).map(stored),
    lastRun: ({ repo, number }: { repo: string; number: number }) =>
      toStored(last.get(repo, number) as Row | undefined),
    listRuns({ isLive, limit, before }: RunFilter): RunPage {
      const mark = isLive === null ? null : Number(isLive)
      const rows = page.all(before, mark, limit + 1) as Row[]
      const next = rows.length > limit ? (rows[limit - 1]?.seq ?? null) : null
      return { runs: rows.slice(0, limit).map(stored), next }
    },
    ledger: (lineage: string): readonly Entry[] =>
      (selectLedger.all(lineage) as Array<{ run_id: string | null; what: string }>).map((row) => ({
        run: row.run_id,
        what: JSON.parse(row.what) as Entry['what'],
      })),
  }
}

const stored = ({ body, revision }: Row): StoredRun => ({
  run: JSON.parse(body) as Run,
  revision,
})
const toStored = (row: Row | undefined) => row && stored(row)
