/**
 * What a person can do here, each as the node's API has it. It is done once the node says so: what it changed is
 * read again at once, and whether that can be read makes no difference to the deed.
 */
import { plain } from '../../src/doorbell/text.ts'
import { end, tell } from './ask.ts'
import { changed, quietly, readBell, readEnded, readRunning, readStatus, session } from './desk.ts'
import { begin, leave } from './follow.ts'
import type { ListedRun, Ring, Session } from './shapes.ts'

export type Issue = { readonly repo: string; readonly number: number }

/** The first acknowledgement stays: a note that comes after another one is kept by nobody, and that is thrown. */
export async function acknowledge(id: string, note: string): Promise<void> {
  const path = `/v1/rings/${encodeURIComponent(id)}/ack`
  const said = note.trim()
  const { acknowledged } = await tell<Pick<Ring, 'acknowledged'>>(path, said ? { note: said } : {})
  changed({ type: 'ring', id })
  if (said !== '' && acknowledged !== null && acknowledged.note !== plain(said))
    throw new Error(`${acknowledged.by} acknowledged it before you. Your note was not kept.`)
}

/** Without a channel: to all that had it. */
export async function resend(id: string, channel?: string): Promise<void> {
  await tell(`/v1/rings/${encodeURIComponent(id)}/resend`, channel === undefined ? {} : { channel })
  changed({ type: 'ring', id })
}

export async function drill(): Promise<void> {
  const { id } = await tell<{ id: string }>('/v1/drill')
  changed({ type: 'ring', id })
  quietly(readBell())
}

export async function stop(id: string): Promise<void> {
  await tell(`/v1/runs/${encodeURIComponent(id)}/stop`)
  runsChanged(id)
}

/** The run that was queued. */
export async function start({ repo, number }: Issue): Promise<string> {
  const { id } = await tell<ListedRun>('/v1/start', { repo, number })
  runsChanged(id)
  return id
}

export async function goOn({ repo, number }: Issue): Promise<string> {
  const { id } = await tell<ListedRun>('/v1/continue', { repo, number })
  runsChanged(id)
  return id
}

export type Granted = {
  readonly attempts: number
  readonly minutes: number
  readonly costUsd: number
  readonly why: string
}

export async function grant({ repo, number }: Issue, granted: Granted): Promise<void> {
  const { run } = await tell<{ run: string }>('/v1/grants', { repo, number, ...granted })
  runsChanged(run)
}

/** Undefined: everything. */
export async function pause(repo?: string): Promise<void> {
  await tell('/v1/pause', repo === undefined ? {} : { repo })
  loopChanged()
}

export async function resume(repo?: string): Promise<void> {
  await tell('/v1/resume', repo === undefined ? {} : { repo })
  loopChanged()
}

export async function signIn(token: string): Promise<void> {
  session.set(await tell<Session>('/v1/session', { token }))
  await begin()
}

export async function signOut(): Promise<void> {
  await end<Session>('/v1/session')
  leave()
  // What was read is nobody's to see any more.
  window.location.reload()
}

function runsChanged(id: string): void {
  changed({ type: 'run', id })
  quietly(Promise.all([readRunning(), readEnded(), readStatus()]))
}

function loopChanged(): void {
  quietly(Promise.all([readStatus(), readRunning()]))
}
