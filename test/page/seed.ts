/**
 * What a store holds before its node starts: rings of the last weeks with how they were delivered, and runs that
 * ended, all written by the store's own functions. Instants are counted back from `now`.
 */
import { v7 } from 'uuid'

import { fingerprintOf } from '../../src/delivery/intake.ts'
import type { TerminalKind } from '../../src/doorbell/kinds.ts'
import { renderNotification } from '../../src/doorbell/notification.ts'
import type { Outcome } from '../../src/doorbell/outcome.ts'
import type { Entry } from '../../src/run/event.ts'
import type { Run } from '../../src/run/run.ts'
import { sqliteStore } from '../../src/store/sqlite/store.ts'
import type { Store } from '../../src/store/store.ts'

export type PastRing = {
  readonly agoMs: number
  readonly kind: TerminalKind
  readonly issue: string
  readonly title?: string
  readonly detail: string
  readonly threadId?: string
  /** How each try on each channel went; the last one ends it. Default: the phone takes it. */
  readonly tries?: Readonly<Record<string, readonly Outcome[]>>
  readonly heard?: { readonly by: string; readonly note?: string }
}

export type PastRun = {
  readonly agoMs: number
  readonly issue: string
  readonly title?: string
  readonly end:
    | { readonly state: 'done'; readonly passed: readonly string[] }
    | { readonly state: 'withdrawn'; readonly withdrawnBy: string }
    | { readonly state: 'frozen'; readonly ranOut: 'attempts' | 'minutes' | 'money' }
}

export const minute = 60_000
export const hour = 60 * minute
export const day = 24 * hour

export const taken: Outcome = { type: 'accepted', reference: 'm-1' }
export const silent: Outcome = { type: 'unknown', code: 'timeout', detail: 'no answer in 10 s' }
export const busy: Outcome = { type: 'deferred', code: 'rate-limited', detail: 'too many requests' }
export const gone: Outcome = { type: 'refused', code: 'not-found', detail: 'no such topic' }

const commit = 'a1b9c5d7e3f24680a1b9c5d7e3f24680a1b9c5d7'
const links = { baseUrl: 'https://t3.example', link: '{baseUrl}/threads/{threadId}' }

export async function seed(path: string, rings: readonly PastRing[], runs: readonly PastRun[]) {
  const store = sqliteStore({ path })
  const now = Date.now()
  for (const run of runs.toSorted(oldestFirst)) await writeRun(store, run, now)
  for (const ring of rings.toSorted(oldestFirst)) await writeRing(store, ring, now)
  await store.close()
}

/** Written in large units, for what only has to be there. One in 500 rings is open, the others are done and taken. */
export async function seedMany(path: string, { rings, runs }: { rings: number; runs: number }) {
  const store = sqliteStore({ path })
  const now = Date.now()
  for (let index = 0; index < runs; index += 1) {
    const end = { state: 'done', passed: ['test'] } as const
    await writeRun(store, { agoMs: (runs - index) * hour, issue: `many#${index + 1}`, end }, now)
  }
  for (let from = 0; from < rings; from += unit) {
    const asked = Array.from({ length: Math.min(unit, rings - from) }, (_, index) => {
      const kind = index === 0 ? 'frozen' : 'done'
      const issue = `many#${from + index + 1}`
      return newRing(
        { agoMs: (rings - from - index) * minute, kind, issue, detail: 'as ever' },
        now,
      )
    })
    await store.accept(asked)
    await takeAll(store, now)
  }
  await store.close()
}

const unit = 500

async function takeAll(store: Store, now: number) {
  const ask = { channel: 'phone', now, leaseMs: 30_000, limit: unit, passed: 0, oldest: false }
  const { deliveries } = await store.claim(ask)
  await store.settle(
    deliveries.map((delivery) => ({
      delivery,
      tried: { at: delivery.ring.acceptedAt + 90, ms: 120, outcome: taken },
      settled: settledBy(taken, now),
      gate: null,
      report: null,
    })),
  )
}

const oldestFirst = (a: { agoMs: number }, b: { agoMs: number }) => b.agoMs - a.agoMs

function issueOf({ issue, title }: { issue: string; title?: string }) {
  const at = issue.indexOf('#')
  const [repo, number] = [issue.slice(0, at), Number(issue.slice(at + 1))]
  const url = `https://forge.example/${repo}/issues/${number}`
  return { repo, number, url, ...(title !== undefined && { title }) }
}

function newRing(past: PastRing, now: number) {
  const { agoMs, kind, detail, threadId = 't-41', tries = { phone: [taken] } } = past
  const acceptedAt = now - agoMs
  const issue = issueOf(past)
  const event = { kind, issue, threadId, detail }
  const id = `ring_${v7({ msecs: acceptedAt })}`
  const notification = renderNotification(event, links)
  const ring = { id, key: id, issue, threadId, notification, source: 'ring', acceptedAt }
  const fingerprint = fingerprintOf({ ...event, link: null, key: id })
  return { ring, fingerprint, channels: Object.keys(tries), dedupeForMs: 0 }
}

async function writeRing(store: Store, past: PastRing, now: number) {
  const { agoMs, heard, tries = { phone: [taken] } } = past
  const asked = newRing(past, now)
  const { id, acceptedAt } = asked.ring
  await store.accept([asked])
  for (const [channel, outcomes] of Object.entries(tries))
    await writeTries(store, { channel, outcomes, at: acceptedAt + 40 + (agoMs % 170) })
  if (heard !== undefined)
    await store.acknowledge(id, {
      at: Math.min(now, acceptedAt + 7 * minute),
      by: heard.by,
      note: heard.note ?? null,
    })
}

type Tries = {
  readonly channel: string
  readonly outcomes: readonly Outcome[]
  readonly at: number
}

async function writeTries(store: Store, { channel, outcomes, at }: Tries) {
  for (const [index, outcome] of outcomes.entries()) {
    const startedAt = at + index * 20_000
    const ask = { channel, now: startedAt, leaseMs: 30_000, limit: 1, passed: 0, oldest: false }
    const [delivery] = (await store.claim(ask)).deliveries
    if (delivery === undefined) throw new Error(`nothing is due on ${channel}`)
    const tried = { at: startedAt, ms: 180 + 37 * index, outcome }
    const settled = settledBy(outcome, startedAt + 20_000)
    await store.settle([{ delivery, tried, settled, gate: null, report: null }])
  }
}

function settledBy(outcome: Outcome, nextAt: number) {
  switch (outcome.type) {
    case 'accepted':
      return { state: 'accepted', reference: outcome.reference } as const
    case 'refused':
      return { state: 'dead', code: outcome.code, detail: outcome.detail } as const
    case 'deferred':
    case 'unknown':
      return { state: 'due', at: nextAt } as const
  }
}

async function writeRun(store: Store, past: PastRun, now: number) {
  const endedAt = now - past.agoMs
  const queuedAt = endedAt - 38 * minute
  const issue = issueOf(past)
  const id = `run_${v7({ msecs: queuedAt })}`
  const lineage = `${past.issue}@main`
  const base = {
    id,
    issue,
    lineage,
    threadId: `t-${issue.number}`,
    environmentId: null,
    branch: `afk/${issue.number}-1`,
    by: 'loop',
    continues: null,
    digest: '0'.repeat(64),
    queuedAt,
  }
  await store.queueRun({ ...base, state: 'queued', begins: { with: 'turn' } })
  const from = await store.run(id)
  if (from === undefined) throw new Error(`the store knows no run ${id}`)
  const to: Run = { ...base, ...endOf(past.end), endedAt }
  const entries = ledgerOf(past.end.state, queuedAt, endedAt)
  await store.move({ from, to, entries, ring: null, chores: [], now: endedAt })
  await store.freeSlot(id)
}

function endOf(end: PastRun['end']) {
  switch (end.state) {
    case 'done':
      return { ...end, commit, request: null }
    case 'frozen':
      return {
        ...end,
        commit,
        where: { is: 'landed', request: null } as const,
        failing: [{ name: 'test (node 24)', url: null }],
      }
    case 'withdrawn':
      return end
  }
}

function ledgerOf(state: PastRun['end']['state'], from: number, to: number): Array<Entry['what']> {
  const at = (part: number) => Math.round(from + part * (to - from))
  return [
    { type: 'started', at: from },
    { type: 'asked', at: from, turn: 1, purpose: 'implement', charge: null },
    { type: 'adopted', at: at(0.01), turn: 1, place: null, environment: null, thread: 't-1' },
    { type: 'pushed', at: at(0.8), commit },
    { type: 'ended', at: to, state },
  ]
}
