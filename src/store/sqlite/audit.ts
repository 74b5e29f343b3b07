/**
 * Proves that a store keeps the loop's promises: a line for each breach, none where all holds.
 *
 * Reads only, in a process of its own, also while a node runs; each check is one statement, so it sees one
 * instant.
 */
import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

import { StoreError } from '../store-error.ts'
import { assertOurs } from './migrate.ts'
import { openFault } from './sqlite-error.ts'

const ringing = `('done', 'needs-human', 'frozen')`

/** Each selects one column, `what`. */
const checks: readonly string[] = [
  `select id || ' ended ' || state || ' and has no ring' as what from run r
   where state in ${ringing} and not exists (select 1 from ring where run_id = r.id)`,
  `select r.id || ' is ' || r.state || ' and rang' as what from run r
   where r.state not in ${ringing} and exists (select 1 from ring where run_id = r.id)`,
  `select g.id || ' says ' || g.kind || ', its run ' || r.state as what
   from ring g join run r on r.id = g.run_id where g.kind <> r.state and r.state in ${ringing}`,
  `select id || ' is a ring of the loop without a run' as what from ring
   where source = 'loop' and run_id is null`,
  `select repo || ' has ' || count(*) || ' runs under way' as what from run
   where is_live = 1 group by repo having count(*) > 1`,
  `select id || ' is under way without its repository''s slot' as what from run r
   where is_live = 1 and not exists (select 1 from slot where run_id = r.id)`,
  `select repo || ' is kept busy by ' || run_id || ', which needs it no more' as what from slot s
   where not exists (select 1 from run where id = s.run_id and is_live = 1)
     and not exists (select 1 from chore where run_id = s.run_id and kind = 'free-slot' and done_at is null)`,
  `select g.id || ' is owed to no channel' as what from ring g
   where not exists (select 1 from delivery where ring_seq = g.seq)`,
  `select run_id || ' was asked turn ' || json_extract(what, '$.turn') || ' twice' as what from run_event
   where json_extract(what, '$.type') = 'asked'
   group by run_id, json_extract(what, '$.turn') having count(*) > 1`,
  `select run_id || ' ended twice' as what from run_event
   where json_extract(what, '$.type') = 'ended' group by run_id having count(*) > 1`,
]

/** @throws {StoreError} if there is no store of ours at the path. */
export function auditSqlite(path: string): readonly string[] {
  const db = open(path)
  try {
    return checks.flatMap((sql) =>
      (db.prepare(sql).all() as Array<{ what: string }>).map(({ what }) => what),
    )
  } finally {
    db.close()
  }
}

function open(path: string): DatabaseSync {
  if (!existsSync(path)) throw new StoreError('unreadable', 'there is no store')
  try {
    const db = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
    assertOurs(db)
    return db
  } catch (error) {
    throw openFault(error)
  }
}
