/** Runs that a person may still go on with, in SQLite. */
import type { DatabaseSync } from 'node:sqlite'

import type { Terminal } from '../../run/run.ts'

export function waitingRunsRead(db: DatabaseSync) {
  const waiting = db.prepare(
    `select body from run
     where repo = ?1 and state in ('needs-human', 'frozen')
       and json_extract(body, '$.endedAt') >= ?2
       and not exists (
         select 1 from run n where n.repo = run.repo and n.number = run.number and n.seq > run.seq
       )
     order by seq`,
  )
  return (repo: string, since: number): readonly Terminal[] =>
    (waiting.all(repo, since) as Array<{ body: string }>).map(
      ({ body }) => JSON.parse(body) as Terminal,
    )
}
