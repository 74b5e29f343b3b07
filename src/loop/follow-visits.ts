/**
 * A turn that a person takes in the conversation of a run that has ended is its continuation, with an end and a
 * ring of its own.
 *
 * Looked for until the issue has another run, for thirty days, where the executor can show it. What is newer than
 * what its predecessor left is its work. A repository that is busy is asked again at the next look: the turn
 * stays in the conversation.
 */
import type { Clock } from '../clock.ts'
import type { Visit } from '../executors/executor.ts'
import type { Runs } from '../store/runs.ts'
import type { Terminal } from '../run/run.ts'
import type { Repository } from './repository.ts'
import { followRun, type StartParts } from './start-run.ts'

export type VisitParts = StartParts & {
  readonly runs: Pick<Runs, 'waitingRuns' | 'slots' | 'ledger'>
  readonly clock: Clock
}

const followedMs = 30 * 24 * 3_600_000

/** Throws what the executor and the tracker throw. */
export async function followVisits(repository: Repository, parts: VisitParts): Promise<void> {
  const { executor, name } = repository
  const { runs, clock } = parts
  const waiting = await runs.waitingRuns(name, clock.now() - followedMs)
  if (waiting.length === 0 || (await runs.slots()).has(name)) return
  const visits = await executor.visits(
    waiting.map(({ id: run, threadId: thread, endedAt: since }) => ({ run, thread, since })),
  )
  for (const visit of visits.toSorted((one, two) => one.at - two.at)) {
    const before = waiting.find(({ id }) => id === visit.run)
    if (before === undefined || (await runs.slots()).has(name)) continue
    await follow(visit, before, { ...parts, repository })
  }
}

type Following = VisitParts & { readonly repository: Repository }

async function follow({ turn }: Visit, before: Terminal, parts: Following): Promise<void> {
  const { repository, runs } = parts
  const issue = await repository.tracker.read(before.issue.number)
  // Who closed it asks nothing of the loop any more.
  if (issue === null || !issue.isOpen) return
  const base = await leftAt(before, runs)
  const begins = { with: 'visit', turn, base } as const
  const by = 'a person, in its conversation'
  await followRun({ repository, issue, by }, { before, begins }, parts)
}

/** The newest commit of the landing branch that was its own, or that it began at; null: it began at none. */
async function leftAt(
  { id, lineage, ...ended }: Terminal,
  runs: Pick<Runs, 'ledger'>,
): Promise<string | null> {
  if (ended.state !== 'done' && ended.where?.is === 'landed') return ended.commit
  const ledger = await runs.ledger(lineage)
  const based = ledger.findLast(({ run, what }) => run === id && what.type === 'based')
  return based?.what.type === 'based' ? based.what.base : null
}
