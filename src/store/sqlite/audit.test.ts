import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'

import { newRing } from '../../../test/rings.ts'
import { openStore, temporaryFile } from '../../../test/temporary.ts'
import type { Run } from '../../run/run.ts'
import type { StoreError } from '../store-error.ts'
import { auditSqlite } from './audit.ts'

const queued: Run = {
  id: 'run_1',
  state: 'queued',
  begins: { with: 'turn' },
  environmentId: null,
  issue: { repo: 'infra', number: 42 },
  lineage: 'infra#42@main',
  threadId: 't-1',
  branch: 'afk/42',
  by: 'loop',
  continues: null,
  digest: '0'.repeat(64),
  queuedAt: 1_000,
}
const done: Run = {
  ...queued,
  state: 'done',
  commit: 'c',
  passed: [],
  request: null,
  endedAt: 2_000,
}

/** A run that was queued and landed, with its ring, and nothing left to do. */
async function landed() {
  const path = temporaryFile()
  const store = openStore({ path })
  await store.queueRun(queued)
  const from = await store.run('run_1')
  if (from === undefined) throw new Error('it was queued')
  const ring = newRing({ kind: 'done', key: 'run:run_1', source: 'loop' })
  const ended = { type: 'ended', at: 2_000, state: 'done' } as const
  await store.move({ from, to: done, entries: [ended], ring, chores: ['free-slot'], now: 2_000 })
  const [chore] = await store.dueChores({ now: 2_000, limit: 1, run: null })
  await store.freeSlot('run_1')
  await store.endChore(chore?.id ?? 0, { type: 'done', at: 2_000, detail: null })
  return path
}

function change(path: string, sql: string) {
  const db = new DatabaseSync(path)
  db.exec(sql)
  db.close()
}

describe('an audit', () => {
  test('of a store that keeps its promises says nothing, also while a node has it', async () => {
    expect(auditSqlite(await landed())).toEqual([])
  })

  test.each([
    ['delete from delivery; delete from ring', /run_1 ended done and has no ring/],
    [`update run set state = 'withdrawn'`, /run_1 is withdrawn and rang/],
    [`update ring set kind = 'frozen'`, /says frozen, its run done/],
    ['update ring set run_id = null', /is a ring of the loop without a run/],
    ['update run set is_live = 1', /run_1 is under way without its repository's slot/],
    [`insert into slot values ('infra', 'run_1')`, /infra is kept busy by run_1/],
    ['delete from delivery', /is owed to no channel/],
    [
      `insert into run_event (lineage, run_id, at, what) select lineage, run_id, at, what from run_event`,
      /run_1 ended twice/,
    ],
    [
      `insert into run_event (lineage, run_id, at, what)
       values ('l', 'run_1', 1, '{"type":"asked","turn":1}'), ('l', 'run_1', 1, '{"type":"asked","turn":1}')`,
      /run_1 was asked turn 1 twice/,
    ],
    [
      `update run set is_live = 1; insert into slot values ('infra', 'run_1');
       insert into run select 9, 'run_2', repo, number, lineage, state, body, revision, 1 from run`,
      /infra has 2 runs under way/,
    ],
  ])('finds what is broken: %s', async (sql, breach) => {
    const path = await landed()
    change(path, sql)
    expect(auditSqlite(path).join('\n')).toMatch(breach)
  })

  test('of what is no store is refused', () => {
    const unreadable = expect.objectContaining({ code: 'unreadable' }) as StoreError
    expect(() => auditSqlite(temporaryFile())).toThrow(unreadable)
  })
})
