/**
 * Works off what must follow a move: the issue's labels and comment, the agent's end, the worktree, the slot.
 *
 * A run's chores go one after the other, those of different runs side by side. Each may be done twice, and
 * says what must be so; one that cannot be done now is tried again, later and later, and tells so. The slot
 * is freed last, and only after the executor has shown that nothing of the agent runs.
 */
import type { Clock } from '../clock.ts'
import type { Executor } from '../executors/executor.ts'
import type { Entry } from '../run/event.ts'
import { isEnded, isTerminal, type Run } from '../run/run.ts'
import type { Chore, ChoreEnd, Runs, StoredRun } from '../store/runs.ts'
import type { Tracker } from '../trackers/tracker.ts'
import type { Comments } from './comments.ts'
import type { Repository } from './repository.ts'
import type { Tell } from './tell.ts'

export type ChoreParts = {
  readonly runs: Runs
  readonly comments: Comments
  readonly repositories: ReadonlyMap<string, Repository>
  /** Of a repository that is not enrolled any more. */
  readonly orphan: (repo: string) => Orphan
  readonly clock: Clock
  readonly tell: Tell
  /** The repository's slot was freed. */
  readonly freed: (repo: string) => void
  /** The loop was stopped: what is called off now was not done. */
  readonly isOver: () => boolean
}

/** Whoever can still end the agents of a repository that nothing else is known of. */
export type Orphan = Pick<Executor, 'interrupt'>

const firstDelayMs = 2_000
const maxDelayMs = 60_000

/** Does what is due of one run, until nothing is. */
export async function doChores(run: string, parts: ChoreParts): Promise<void> {
  const { runs, clock } = parts
  for (;;) {
    const [chore] = await runs.dueChores({ now: clock.now(), limit: 1, run })
    if (chore === undefined || parts.isOver()) return
    await doChore(chore, parts)
  }
}

async function doChore(chore: Chore, parts: ChoreParts) {
  const { runs, clock, tell, freed } = parts
  const stored = await runs.run(chore.run)
  const outcome = await attempt(chore, stored?.run, parts)
  if (parts.isOver()) return
  const at = clock.now()
  if (outcome.isDone) {
    await runs.endChore(chore.id, { type: 'done', at, detail: outcome.detail })
    if (chore.kind === 'free-slot' && stored !== undefined) freed(stored.run.issue.repo)
    return
  }
  const { detail } = outcome
  // Its agent must not wait for a label: where the run has ended meanwhile, the next try is now.
  const hasEnded = await endedSince(stored, runs)
  const waitMs = hasEnded ? 0 : Math.min(firstDelayMs * 2 ** chore.tries, maxDelayMs)
  const end: ChoreEnd = { type: 'again', at: at + waitMs, detail }
  if (chore.detail !== detail)
    tell({ event: 'chore-waits', run: chore.run, kind: chore.kind, detail })
  await runs.endChore(chore.id, end)
}

async function endedSince(before: StoredRun | undefined, runs: Runs): Promise<boolean> {
  if (before === undefined || isEnded(before.run)) return false
  const now = await runs.run(before.run.id)
  return now !== undefined && isEnded(now.run)
}

type Outcome = { readonly isDone: boolean; readonly detail: string }

async function attempt(
  chore: Chore,
  run: Run | undefined,
  { runs, comments, repositories, orphan, clock }: ChoreParts,
): Promise<Outcome> {
  if (run === undefined) return { isDone: true, detail: 'there is no such run' }
  const repository = repositories.get(run.issue.repo)
  try {
    if (repository === undefined && mayComeBack(run, clock.now()))
      return { isDone: false, detail: notEnrolled }
    if (repository === undefined)
      return await attemptOrphaned(chore, { run, runs, executor: orphan(run.issue.repo) })
    switch (chore.kind) {
      case 'mark-issue':
        return await markIssue(run, repository)
      case 'stop-agent':
        return await stopAll(run, repository, runs)
      case 'tell-issue':
        return await tellIssue(run, repository, { runs, comments })
      case 'tidy-worktree':
        return await tidy(run, repository)
      case 'free-slot':
        await runs.freeSlot(run.id)
        return { isDone: true, detail: 'free' }
    }
  } catch (error) {
    return { isDone: false, detail: error instanceof Error ? error.message : String(error) }
  }
}

type Orphaned = { readonly run: Run; readonly runs: Runs; readonly executor: Orphan }

/** Its agent is ended and its slot freed; its issue and its place are left as they are. */
async function attemptOrphaned(chore: Chore, { run, runs, executor }: Orphaned): Promise<Outcome> {
  if (chore.kind === 'stop-agent') return stopAgent(run, executor, runs)
  if (chore.kind === 'free-slot') await runs.freeSlot(run.id)
  return { isDone: true, detail: notEnrolled }
}

/** A configuration that was broken for a moment costs no issue its verdict. One that a person stopped waits for none. */
function mayComeBack(run: Run, now: number): boolean {
  if (!isEnded(run)) return true
  return run.state !== 'withdrawn' && now - run.endedAt < patienceMs
}

const patienceMs = 60_000

const notEnrolled = 'its repository is not enrolled any more'
const unmarked = 'it has ended already'

async function markIssue(run: Run, { tracker, labels }: Repository): Promise<Outcome> {
  if (isEnded(run)) return { isDone: true, detail: unmarked }
  const change = { add: [labels.inProgress], remove: [labels.ready, labels.human] }
  return written(await tracker.label(run.issue.number, change))
}

/** Its agent, and the checks that nobody waits for any more. */
async function stopAll(run: Run, { executor, ci }: Repository, runs: Runs): Promise<Outcome> {
  const ledger = await runs.ledger(run.lineage)
  const pushed = ledger.flatMap(({ run: of, what }) => (of === run.id ? commitsIn(what) : []))
  for (const commit of new Set(pushed)) ci?.drop(commit)
  return stopAgent(run, executor, runs)
}

function commitsIn(what: Entry['what']): readonly string[] {
  if (what.type === 'pushed') return [what.commit]
  return what.type === 'turn-over' && what.commit !== null ? [what.commit] : []
}

async function stopAgent(run: Run, executor: Orphan, runs: Runs): Promise<Outcome> {
  const ledger = await runs.ledger(run.lineage)
  const turns = ledger.flatMap((entry) =>
    entry.run === run.id && entry.what.type === 'asked' ? [entry.what.turn] : [],
  )
  // Whoever taps the ring finds its question there, and answers it.
  const isAsking =
    run.state === 'needs-human' && (run.cause === 'question' || run.cause === 'permission')
  const how = isAsking ? 'unless-it-asks' : 'end'
  for (const turn of turns)
    if (!(await executor.interrupt({ run: run.id, turn }, how)))
      return { isDone: false, detail: 'it is not shown that nothing of the agent runs' }
  return { isDone: true, detail: 'nothing of the agent runs' }
}

type Telling = Pick<ChoreParts, 'runs' | 'comments'>

async function tellIssue(run: Run, repository: Repository, { runs, comments }: Telling) {
  const { number } = run.issue
  const { tracker, labels } = repository
  const said = written(await comments.end(run, repository))
  if (!said.isDone) return said
  const add = isTerminal(run) && run.state !== 'done' ? [labels.human] : []
  const ready = (await isPersons(run, runs)) ? [] : [labels.ready]
  const ours = [labels.inProgress, labels.human, ...ready]
  const remove = ours.filter((label) => !add.includes(label))
  const labelled = written(await tracker.label(number, { add, remove }))
  if (!labelled.isDone) return labelled
  if (run.state === 'frozen') return reopenIfOurs(number, tracker)
  if (run.state !== 'done') return labelled
  return written(await tracker.close(number))
}

/** A closing keyword in a commit that stayed red has closed it. What a person closed stays closed. */
async function reopenIfOurs(number: number, tracker: Tracker): Promise<Outcome> {
  const issue = await tracker.read(number)
  if (issue?.closedBy?.commit == null) return { isDone: true, detail: 'left as it is' }
  return written(await tracker.reopen(number))
}

/** Whether a ready label on a withdrawn run's issue is a person's: ours was off, so they have put it on again. */
async function isPersons(run: Run, runs: Runs): Promise<boolean> {
  if (run.state !== 'withdrawn') return false
  const chores = await runs.chores(run.id)
  return chores.some(({ kind, detail }) => kind === 'mark-issue' && detail !== unmarked)
}

async function tidy(run: Run, { executor }: Repository): Promise<Outcome> {
  // A person is called to it: what is there stays.
  if (run.state === 'needs-human' || run.state === 'frozen') return { isDone: true, detail: 'kept' }
  const tidied = await executor.tidy(run.id)
  return { isDone: true, detail: tidied.type === 'removed' ? 'removed' : `kept: ${tidied.why}` }
}

function written(how: 'written' | 'gone' | 'conflict'): Outcome {
  if (how === 'conflict')
    return { isDone: false, detail: 'somebody edits the issue at this moment' }
  return { isDone: true, detail: how }
}
