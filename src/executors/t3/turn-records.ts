/**
 * What is written down of a turn in T3 Code: whom it was asked, under which ids, and how it ended.
 *
 * It is written before each step, so that any node on this disk asks the same again. Whoever writes the first
 * record of a turn has it; one that was interrupted before that never begins.
 */
import { linkSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'

import { ChangedRecord, read, sync, writeWhole } from '../../worktrees/records.ts'

const Null = z.string().nullable()

const Asked = z.object({
  type: z.literal('asked'),
  thread: z.string(),
  place: Null,
  /** Not made by us: a person's own. */
  isForeign: z.boolean(),
  base: z.object({ turnIds: z.array(z.string()), sessionAt: Null, traces: z.number() }),
  /** How often it was begun anew under other ids. */
  tries: z.number(),
  isAccepted: z.boolean(),
  /** By our clock. */
  sentAt: z.number(),
  /** By T3's. */
  storedAt: Null,
  /** How far T3's clock is ahead; null: not known. */
  offsetMs: z.number().nullable(),
  /** T3's id of it, of the newest where it is several there; null: not seen yet. */
  turnId: Null,
  /** T3's ids of it before that. */
  earlierTurnIds: z.array(z.string()).optional(),
  /** How often we interrupted it. */
  interrupts: z.number(),
  /** Its thread was put away by a person, and is open for as long as we end what runs there. */
  isTakenBack: z.boolean().exactOptional(),
})

const Turn = z.discriminatedUnion('type', [
  Asked,
  z.object({ type: z.literal('never'), at: z.number() }),
])

const HowEnded = z.discriminatedUnion('how', [
  z.object({ how: z.literal('finished'), said: z.string() }),
  z.object({ how: z.literal('failed'), detail: z.string() }),
  z.object({
    how: z.literal('asking'),
    for: z.enum(['answer', 'permission']),
    question: z.string(),
  }),
  z.object({ how: z.literal('lost') }),
  z.object({ how: z.literal('limited'), until: z.number() }),
])

const End = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('over'),
    at: z.number(),
    end: HowEnded,
    /** T3's id of the request that it waits with; left out: it waits with none. */
    requestId: z.string().optional(),
  }),
  z.object({ type: z.literal('withdrawn'), at: z.number(), by: z.string() }),
])

export type AskedRecord = Readonly<z.infer<typeof Asked>>
export type TurnRecord = AskedRecord | { readonly type: 'never'; readonly at: number }
export type EndRecord = Readonly<z.infer<typeof End>>

/** Null: it was never asked. */
export function readTurn(records: string): TurnRecord | null {
  return known(join(records, 'turn.json'), Turn)
}

/** Null: it is not over, as far as anybody saw. */
export function readEnd(records: string): EndRecord | null {
  return known(join(records, 'end.json'), End)
}

function writeTurn(records: string, turn: AskedRecord): void {
  writeWhole(join(records, 'turn.json'), JSON.stringify(turn))
}

/** Of what is written down now: somebody else may have changed it since it was read. */
export function changeTurn(records: string, change: Partial<AskedRecord>): void {
  const now = readTurn(records)
  if (now?.type === 'asked') writeTurn(records, { ...now, ...change })
}

export function writeEnd(records: string, end: EndRecord): void {
  writeWhole(join(records, 'end.json'), JSON.stringify(end))
}

/** What is written down of it now: this, or what somebody wrote before. */
export function takeTurn(records: string, turn: TurnRecord): TurnRecord {
  mkdirSync(records, { recursive: true, mode: 0o700 })
  const draft = join(records, `turn.${process.pid}.new`)
  writeFileSync(draft, JSON.stringify(turn), { mode: 0o600, flush: true })
  try {
    linkSync(draft, join(records, 'turn.json'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  sync(records)
  return readTurn(records) ?? turn
}

/** A turn that was refused for good: it may be asked anew. */
export function dropTurn(records: string): void {
  rmSync(join(records, 'turn.json'), { force: true })
  sync(records)
}

function known<T>(path: string, schema: z.ZodType<T>): T | null {
  const found = read(path)
  if (found === null) return null
  const parsed = schema.safeParse(found)
  if (parsed.success) return parsed.data
  throw new ChangedRecord(path, { cause: parsed.error })
}
