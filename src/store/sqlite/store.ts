/**
 * A node's store in one SQLite file, through Node's own `node:sqlite`.
 *
 * WAL with `synchronous=FULL`: what was committed survives `kill -9` and a power cut. Writes commit in
 * groups (commit-group.ts). Opened for one node at a time (lock.ts); other processes may read.
 * Accepts are refused, before anything is written, when 10,000 of them wait for their commit or the
 * disk has less than `minFreeBytes` left, so that what was accepted can still be settled.
 */
import { chmodSync, mkdirSync, statfsSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import type { Rings } from '../rings.ts'
import type { Runs } from '../runs.ts'
import type { Store } from '../store.ts'
import { StoreError } from '../store-error.ts'
import { acceptStatement } from './accept.ts'
import { acknowledgeStatement } from './acknowledge.ts'
import { bellReads } from './bell.ts'
import { claimStatement, lapsedStatement } from './claim.ts'
import { choreStatements, pauseStatements, slotStatements } from './chores.ts'
import { type CommitGroup, commitGroup } from './commit-group.ts'
import { dueStatements } from './due.ts'
import { forgetStatement } from './forget.ts'
import { gateStatements } from './gates.ts'
import { nodeLock } from './lock.ts'
import { assertOurs, migrate } from './migrate.ts'
import { orphansStatement, oweStatement, rehomeStatement } from './owe-again.ts'
import { listStatement, storyStatement, talliesStatement } from './read.ts'
import { appendStatement, runReads, runStatements } from './runs.ts'
import { settleStatement } from './settle.ts'
import { openFault } from './sqlite-error.ts'

export type SqliteOptions = {
  readonly path: string
  readonly groupCommit?: boolean
  readonly maxWaitingAccepts?: number
  readonly minFreeBytes?: number
}

/** @throws {StoreError} `locked`, or `unreadable`. */
export function sqliteStore(options: SqliteOptions): Store {
  const { path, groupCommit = true } = options
  mkdirSync(dirname(path), { recursive: true })
  const lock = nodeLock(path)
  const db = open(path, lock.release)
  const group = commitGroup(db, { grouped: groupCommit })
  const atMost = doorOf(options.maxWaitingAccepts ?? 10_000)
  const assertRoom = roomIn(path, options.minFreeBytes ?? 16 * 1024 * 1024)

  const accept = acceptStatement(db)
  const claim = claimStatement(db)
  const settle = settleStatement(db)
  const lapsed = lapsedStatement(db)
  const acknowledge = acknowledgeStatement(db)
  const owe = oweStatement(db)
  const orphans = orphansStatement(db)
  const rehome = rehomeStatement(db)
  const forget = forgetStatement(db)
  const { voidLeases, hasten } = dueStatements(db)
  const gates = gateStatements(db)
  const pulse = db.prepare(`insert or replace into pulse (id, at) values (1, ?)`)

  return {
    accept: (rings) =>
      atMost(() => {
        assertRoom()
        return group.run(() => rings.map(accept))
      }),
    claim: (ask) => group.run(() => claim(ask)),
    settle: (settlements) =>
      group.run(() => {
        for (const { gate } of settlements) if (gate) gates.move(gate)
        return settle(settlements)
      }),
    lapsed: async (ask) => lapsed(ask),
    voidLeases: () => group.run(voidLeases),
    hasten: (channel, now) => group.run(() => hasten(channel, now)),
    acknowledge: (id, acknowledgement) => group.run(() => acknowledge(id, acknowledgement)),
    resend: (ask) => group.run(() => owe(ask, 'resend')),
    orphans: async (channels) => orphans(channels),
    rehome: (ask) => group.run(() => rehome(ask)),
    forget: (ask) => group.run(() => forget(ask)),
    ...readsOf(db),
    ...bellReads(db),
    ...runsOf(db, { group, accept }),
    gate: async (channel) => gates.get(channel),
    setGate: (channel, stored) => group.run(() => gates.set(channel, stored)),
    async proveWritable(now) {
      assertRoom()
      await group.run(() => void pulse.run(now))
    },
    async close() {
      group.close()
      db.close()
      lock.release()
    },
  }
}

function readsOf(db: DatabaseSync): Pick<Rings, 'story' | 'list' | 'tallies'> {
  const story = storyStatement(db)
  const list = listStatement(db)
  const tallies = talliesStatement(db)
  return {
    story: async (id) => story(id),
    list: async (filter) => list(filter),
    tallies: async () => tallies(),
  }
}

type Writing = {
  readonly group: CommitGroup
  readonly accept: ReturnType<typeof acceptStatement>
}

function runsOf(db: DatabaseSync, { group, accept }: Writing): Runs {
  const { queueRun, move } = runStatements(db, accept)
  const { run, liveRuns, waitingRuns, lastRun, listRuns, ledger } = runReads(db)
  const { dueChores, chores, endChore } = choreStatements(db)
  const { slots, freeSlot } = slotStatements(db)
  const { pauses, pause, resume } = pauseStatements(db)
  const append = appendStatement(db)
  return {
    queueRun: (queued) => group.run(() => queueRun(queued)),
    move: (each) => group.run(() => move(each)),
    grant: (lineage, what) => group.run(() => void append({ lineage, run: null, what })),
    endChore: (id, end) => group.run(() => endChore(id, end)),
    freeSlot: (id) => group.run(() => freeSlot(id)),
    pause: (each) => group.run(() => pause(each)),
    resume: (scope) => group.run(() => resume(scope)),
    run: async (id) => run(id),
    liveRuns: async (repo) => liveRuns(repo),
    waitingRuns: async (repo, since) => waitingRuns(repo, since),
    lastRun: async (issue) => lastRun(issue),
    listRuns: async (filter) => listRuns(filter),
    ledger: async (lineage) => ledger(lineage),
    dueChores: async (ask) => dueChores(ask),
    chores: async (id) => chores(id),
    slots: async () => slots(),
    pauses: async () => pauses(),
  }
}

/** Touches nothing before the file is known to be ours. It holds what agents said: for its owner alone. */
function open(path: string, release: () => void): DatabaseSync {
  let db: DatabaseSync | undefined
  try {
    db = new DatabaseSync(path, { timeout: 5_000 })
    assertOurs(db)
    chmodSync(path, 0o600)
    // FULL, because in WAL mode NORMAL may forget a commit that was already acknowledged.
    db.exec('pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on')
    // Four times the default: pages that every ring touches are then written to the file a quarter as often.
    db.exec('pragma wal_autocheckpoint = 4000')
    migrate(db)
    return db
  } catch (error) {
    db?.close()
    release()
    throw openFault(error)
  }
}

/** Lets so many wait at once, and refuses the next. */
function doorOf(most: number) {
  let waiting = 0
  return async <T>(work: () => Promise<T>): Promise<T> => {
    if (waiting >= most) throw new StoreError('overloaded', 'too many rings wait to be written')
    waiting += 1
    try {
      return await work()
    } finally {
      waiting -= 1
    }
  }
}

const roomCheckedEveryMs = 1_000

/** Asks the file system at most once a second. */
function roomIn(path: string, minFreeBytes: number): () => void {
  let checkedAt = -Infinity
  let free = Infinity
  return () => {
    const now = performance.now()
    if (now - checkedAt > roomCheckedEveryMs) {
      const { bavail, bsize } = statfsSync(dirname(path))
      free = bavail * bsize
      checkedAt = now
    }
    if (free < minFreeBytes)
      throw new StoreError(
        'refusing',
        'the disk is almost full: make space, nothing else is needed',
      )
  }
}
