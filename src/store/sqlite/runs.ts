/** Runs and their ledgers, in SQLite. Each function is one unit's work, or a read. */
import type { DatabaseSync } from 'node:sqlite'

import type { Entry } from '../../run/event.ts'
import { isEnded, type Run } from '../../run/run.ts'
import type { Move, RunFilter, RunPage, StoredRun } from '../runs.ts'
import type { acceptStatement } from './accept.ts'
import { waitingRunsRead } from './waiting-runs.ts'

type Row = { seq: number; body: string; revision: number; ledgerEnd: number }

export function runStatements(db: DatabaseSync, accept: ReturnType<typeof acceptStatement>) {
  const insertSlot = db.prepare(`insert or ignore into slot (repo, run_id) values (?, ?)`)
  const selectSlot = db.prepare(`select run_id from slot where repo = ?`)
  const insertRun = db.prepare(
    `insert into run (id, repo, number, lineage, state, body, revision, is_live) values (?, ?, ?, ?, ?, ?, 1, ?)`,
  )
  const update = db.prepare(
    `update run set state = ?, body = ?, is_live = ?, revision = revision + 1
     where id = ? and revision = ?
       and (select coalesce(max(seq), 0) from run_event e where e.lineage = run.lineage) = ?`,
  )
  const insertChore = db.prepare(
    `insert or ignore into chore (run_id, kind, due_at) values (?, ?, ?)`,
  )
  const hasten = db.prepare(`update chore set due_at = ? where run_id = ? and done_at is null`)
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

    move({ from, to, entries, ring, chores, now }: Move): StoredRun | null {
      const { id, lineage } = to
      const text = JSON.stringify(to)
      if (update.run(to.state, text, liveMark(to), id, from.revision, from.ledgerEnd).changes === 0)
        return null
      let { ledgerEnd } = from
      for (const what of entries) ledgerEnd = append({ lineage, run: id, what })
      // What still waits for its next try waits no longer: it stands before the new ones.
      if (chores.length > 0) hasten.run(now, id)
      for (const kind of chores) insertChore.run(id, kind, now)
      if (ring !== null) {
        accept(ring)
        markRing.run(id, ring.ring.id)
      }
      return { run: to, revision: from.revision + 1, ledgerEnd }
    },
  }
}

const liveMark = (run: Run) => (isEnded(run) ? 0 : 1)

export function appendStatement(db: DatabaseSync) {
  const insert = db.prepare(`insert into run_event (lineage, run_id, at, what) values (?, ?, ?, ?)`)
  return ({ lineage, run, what }: Entry & { lineage: string }): number =>
    Number(insert.run(lineage, run, what.at, JSON.stringify(what)).lastInsertRowid)
}

export function runReads(db: DatabaseSync) {
  const columns = `seq, body, revision,
    (select coalesce(max(e.seq), 0) from run_event e where e.lineage = run.lineage) as ledgerEnd`
  const one = db.prepare(`select ${columns} from run where id = ?`)
  const live = db.prepare(`select ${columns} from run where is_live = 1 order by seq`)
  const liveOf = db.prepare(
    `select ${columns} from run where is_live = 1 and repo = ? order by seq`,
  )
  const last = db.prepare(
    `select ${columns} from run where repo = ? and number = ? order by seq desc limit 1`,
  )
  const page = db.prepare(
    `select ${columns} from run
     where (?1 is null or seq < ?1) and (?2 is null or is_live = ?2) order by seq desc limit ?3`,
  )
  const pageOf = db.prepare(
    `select ${columns} from run
     where (?1 is null or seq < ?1) and (?2 is null or is_live = ?2) and repo = ?4 and number = ?5
     order by seq desc limit ?3`,
  )
  const selectLedger = db.prepare(
    `select run_id, what from run_event where lineage = ? order by seq`,
  )
  const allOf = (
    { repo, number }: { repo: string; number: number },
    asked: readonly [number | null, number | null, number],
  ) => pageOf.all(...asked, repo, number)

  return {
    run: (id: string) => toStored(one.get(id) as Row | undefined),
    liveRuns: (repo?: string) =>
      ((repo === undefined ? live.all() : liveOf.all(repo)) as Row[]).map(stored),
    waitingRuns: waitingRunsRead(db),
    lastRun: ({ repo, number }: { repo: string; number: number }) =>
      toStored(last.get(repo, number) as Row | undefined),
    listRuns({ isLive, issue, limit, before }: RunFilter): RunPage {
      const mark = isLive === null ? null : Number(isLive)
      const asked = [before, mark, limit + 1] as const
      const found = issue === undefined ? page.all(...asked) : allOf(issue, asked)
      const rows = found as Row[]
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

const stored = ({ body, revision, ledgerEnd }: Row): StoredRun => ({
  run: JSON.parse(body) as Run,
  revision,
  ledgerEnd,
})
const toStored = (row: Row | undefined) => row && stored(row)
