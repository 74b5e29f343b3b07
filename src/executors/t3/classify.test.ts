import { describe, expect, test } from 'vitest'

import type { LatestTurn, Session, ThreadRow } from '../../t3/thread-row.ts'
import { type AskedTurn, classify, QUEUED_MS, STARTED_MS } from './classify.ts'

/** T3's clock is an hour ahead of ours, and it matters nowhere. */
const BEFORE = '2026-11-23T09:00:00.000Z'
const STORED = '2026-11-23T09:10:00.000Z'
const AFTER = '2026-11-23T09:10:05.000Z'

const row = (wish: Partial<ThreadRow> = {}): ThreadRow => ({
  id: 't',
  projectId: 'p',
  title: '#7',
  branch: null,
  worktreePath: '/w',
  latestTurn: null,
  session: null,
  updatedAt: AFTER,
  isArchived: false,
  isDeleted: false,
  latestUserMessageAt: STORED,
  isUnanswered: null,
  waitsFor: null,
  isBackgroundWorking: false,
  traces: 0,
  ...wish,
})

const session = (
  status: Session['status'],
  lastError: string | null = null,
  updatedAt = AFTER,
) => ({
  status,
  lastError,
  updatedAt,
})

const turn = (turnId: string, state: LatestTurn['state'], requestedAt = STORED): LatestTurn => ({
  turnId,
  state,
  requestedAt,
  completedAt: null,
  assistantMessageId: null,
})

/** Asked in a thread that had a turn before, which completed. */
const asked = (wish: Partial<AskedTurn> = {}): AskedTurn => ({
  base: { turnIds: ['before'], sessionAt: BEFORE, traces: 0 },
  storedAt: STORED,
  turnId: null,
  isAnswered: false,
  waitedMs: 1_000,
  ...wish,
})

const stale = { latestTurn: turn('before', 'completed', BEFORE) }
const mine = (state: LatestTurn['state']) => ({ latestTurn: turn('mine', state) })
const started = { waitedMs: STARTED_MS }
const long = { waitedMs: QUEUED_MS }
const restart = 'Provider session did not survive a server restart. Send a new message to continue.'

type Line = readonly [string, ThreadRow | null, Partial<AskedTurn>, object]

const lines: readonly Line[] = [
  ['A: one that is not listed is gone', null, {}, { is: 'gone' }],
  [
    'B: a starting session is at work',
    row({ ...stale, session: session('starting') }),
    {},
    { is: 'running' },
  ],
  [
    'B: a running one is',
    row({ ...mine('running'), session: session('running') }),
    {},
    { is: 'running' },
  ],
  [
    'B: and is, however long ago it was asked',
    row({ ...stale, session: session('running') }),
    long,
    { is: 'running' },
  ],
  [
    'B: an approval is waited for',
    row({ ...mine('running'), session: session('running'), waitsFor: 'approval' }),
    {},
    { is: 'waiting-approval' },
  ],
  [
    'B: an answer is waited for',
    row({ ...mine('running'), session: session('running'), waitsFor: 'input' }),
    {},
    { is: 'waiting-input' },
  ],
  [
    'B: flags that a crash left are believed nowhere else',
    row({ ...mine('error'), session: session('error', restart), waitsFor: 'approval' }),
    {},
    { is: 'restart-lost' },
  ],
  [
    'B: of a session in an unknown state nothing is known yet',
    row({ ...mine('completed'), session: session('unknown') }),
    {},
    { is: 'running' },
  ],
  [
    'B: 0.0.27 shows completed while its session runs',
    row({ ...mine('completed'), session: session('running') }),
    {},
    { is: 'running' },
  ],
  [
    'C: an error has failed, in its own words',
    row({ ...mine('error'), session: session('error', 'no credit') }),
    {},
    { is: 'failed', why: 'no credit' },
  ],
  [
    'C: before its turn is adopted, too',
    row({ ...stale, session: session('error', 'no such instance') }),
    started,
    { is: 'failed', why: 'no such instance' },
  ],
  [
    'C: the error of the turn before is none of it',
    row({ ...stale, session: session('error', 'no credit', BEFORE) }),
    {},
    { is: 'queued' },
  ],
  [
    'C: a restart lost it',
    row({ ...mine('error'), session: session('error', restart) }),
    {},
    { is: 'restart-lost' },
  ],
  [
    'C: an error that comes right after the dispatch may be the turn’s before',
    row({ ...stale, session: session('error', '[ede_diagnostic]') }),
    {},
    { is: 'queued' },
  ],
  [
    'D: a stopped session with an error has failed',
    row({ ...mine('error'), session: session('stopped', 'exited with code 1') }),
    {},
    { is: 'failed', why: 'exited with code 1' },
  ],
  [
    'D: so has one that never started',
    row({ ...stale, session: session('stopped', 'Claude runtime stream failed.') }),
    started,
    { is: 'failed', why: 'Claude runtime stream failed.' },
  ],
  [
    'D: an error that was there before is none of it',
    row({ ...stale, session: session('stopped', 'old', BEFORE) }),
    {},
    { is: 'queued' },
  ],
  [
    'D: a session that was stopped for being idle takes the message yet',
    row({ ...stale, session: session('stopped', null, BEFORE) }),
    {},
    { is: 'queued' },
  ],
  [
    'D: one that was stopped half an hour after its turn has finished',
    row({ ...mine('completed'), session: session('stopped') }),
    {},
    { is: 'finished' },
  ],
  [
    'D: one that was stopped in the middle is stopped',
    row({ ...mine('running'), session: session('stopped') }),
    {},
    { is: 'stopped' },
  ],
  [
    'E: right after a dispatch the thread shows the turn before',
    row({ ...stale, session: session('ready', null, BEFORE) }),
    {},
    { is: 'queued' },
  ],
  [
    'E: a new thread shows nothing at all',
    row(),
    { base: { turnIds: [], sessionAt: null, traces: 0 } },
    { is: 'queued' },
  ],
  [
    'E: one that 0.0.27 lists again, now that its checkpoint is there, is not it',
    row({
      latestTurn: turn('long before', 'completed', BEFORE),
      session: session('ready', null, BEFORE),
    }),
    { base: { turnIds: ['long before', 'before'], sessionAt: BEFORE, traces: 0 } },
    { is: 'queued' },
  ],
  [
    'E: a turn of another id is it',
    row({ ...mine('completed'), session: session('ready') }),
    { storedAt: null },
    { is: 'finished' },
  ],
  [
    'E: one of another id that was asked for before is somebody else’s',
    row({ latestTurn: turn('theirs', 'completed', BEFORE), session: session('ready') }),
    {},
    { is: 'queued' },
  ],
  [
    'E: a turn of the same id that was asked for since is it',
    row({ latestTurn: turn('before', 'completed', STORED), session: session('ready') }),
    {},
    { is: 'finished' },
  ],
  [
    'E: 0.0.27 forgets a turn that ended, and has its answer',
    row({ session: session('ready') }),
    { isAnswered: true },
    { is: 'finished' },
  ],
  [
    'E: 0.0.27 is ready before it starts',
    row({ session: session('ready') }),
    { isAnswered: false },
    { is: 'queued' },
  ],
  [
    'E: 0.0.27 forgets a turn that was seen to run',
    row({ session: session('ready') }),
    { turnId: 'mine' },
    { is: 'finished' },
  ],
  [
    'F: what nobody takes up within two minutes is lost',
    row({ ...stale, session: session('ready', null, BEFORE) }),
    long,
    { is: 'start-lost' },
  ],
  [
    'F: so is what a session without an error did not start',
    row({ ...stale, session: session('ready') }),
    long,
    { is: 'start-lost' },
  ],
  [
    'G: an error has failed though its session is ready',
    row({ ...mine('error'), session: session('ready', 'max turns') }),
    {},
    { is: 'failed', why: 'max turns' },
  ],
  [
    'G: an error without a word has failed',
    row({ ...mine('error'), session: session('ready') }),
    {},
    { is: 'failed', why: 'T3 Code says nothing of the reason' },
  ],
  [
    'G: an interrupted turn is',
    row({ ...mine('interrupted'), session: session('ready') }),
    {},
    { is: 'interrupted' },
  ],
  [
    'G: a completed turn is finished',
    row({ ...mine('completed'), session: session('ready') }),
    {},
    { is: 'finished' },
  ],
  [
    'G: while subagents work it is not',
    row({ ...mine('completed'), session: session('ready'), isBackgroundWorking: true }),
    {},
    { is: 'running' },
  ],
  [
    'G: of an unknown word nothing is known yet',
    row({ ...mine('unknown'), session: session('ready') }),
    {},
    { is: 'running' },
  ],
  [
    'G: a turn that runs in a session that is ready is about to end',
    row({ ...mine('running'), session: session('ready') }),
    {},
    { is: 'running' },
  ],
  [
    'H: an interrupt and a usage limit end as a success does',
    row({ ...mine('completed'), session: session('interrupted') }),
    {},
    { is: 'finished' },
  ],
]

describe('a thread of T3 Code, line by line', () => {
  test.each(lines)('%s', (_, thread, wish, expected) => {
    expect(classify(thread, asked(wish))).toEqual(expected)
  })
})

test('a clock of T3 that is a day behind changes nothing', () => {
  const early = (iso: string) => iso.replace('-23T', '-22T')
  const shifted = (thread: ThreadRow): ThreadRow => ({
    ...thread,
    updatedAt: early(thread.updatedAt),
    session: thread.session && { ...thread.session, updatedAt: early(thread.session.updatedAt) },
    latestTurn: thread.latestTurn && {
      ...thread.latestTurn,
      requestedAt: early(thread.latestTurn.requestedAt),
    },
  })
  for (const [name, thread, wish, expected] of lines) {
    if (thread === null) continue
    const { base, storedAt, ...rest } = asked(wish)
    const there = {
      ...rest,
      base: { ...base, sessionAt: base.sessionAt && early(base.sessionAt) },
      storedAt: storedAt && early(storedAt),
    }
    expect([name, classify(shifted(thread), there)]).toEqual([name, expected])
  }
})
