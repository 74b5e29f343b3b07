/**
 * One look at the run that a repository has under way; tells the driver what was seen.
 *
 * What lands is asked of git, what CI says of CI, and never of the agent. What cannot be asked says nothing:
 * an executor's silence is told as such, a tracker's, a remote's or a CI's is waited out. That time has
 * passed is told last, whatever could be asked: no limit waits for a remote that is down, and none is judged
 * before it was tried once more. A turn that is written down is brought to the agent when nothing holds it.
 */
import type { Clock } from '../clock.ts'
import type { Sight } from '../executors/executor.ts'
import type { Limits } from '../run/limits.ts'
import { doesFixWait, judgedAt } from '../run/run.ts'
import { pullText } from '../run/pull-text.ts'
import type { Runs } from '../store/runs.ts'
import type { Asker } from './asker.ts'
import type { Driver } from './driver.ts'
import { judgedChecks } from './judged-checks.ts'
import type { Repository } from './repository.ts'
import { chainOf, isOf, tellLanded } from './tell-landed.ts'
import { liveOf, type Watched, watched } from './watched.ts'

export type WatcherParts = {
  readonly runs: Pick<Runs, 'liveRuns' | 'run'>
  readonly driver: Driver
  readonly asker: Asker
  readonly repositories: ReadonlyMap<string, Repository>
  readonly isPaused: (repo: string) => boolean
  readonly clock: Clock
}

/** Throws what the landing branch, CI, the tracker or the executor throws, once the rest was looked at. */
export type Watcher = { look(repo: string): Promise<void> }

export function watcher(parts: WatcherParts): Watcher {
  const { runs, repositories } = parts
  return {
    async look(repo) {
      const repository = repositories.get(repo)
      if (repository === undefined) return
      for (const stored of await runs.liveRuns(repo))
        await lookAtRun(watched(stored, parts), repository, parts)
    },
  }
}

async function lookAtRun(run: Watched, repository: Repository, parts: WatcherParts) {
  const isHeld = parts.isPaused(repository.name)
  // A machine that slept in the middle of a look must not be told that time has passed by it.
  const beganAt = parts.clock.now()
  // Its node died between queueing it and starting it.
  if (run.stored.run.state === 'queued' && !isHeld) await run.tell({ type: 'started' })
  const { run: now } = run.stored
  if (now.state === 'live' && now.isHeld !== isHeld)
    await run.tell({ type: isHeld ? 'held' : 'released' })
  const faults: unknown[] = []
  for (const look of [lookAtTurn, lookAtLanding, lookForConflict, mergeOffer, bringTurn])
    await look(run, repository, parts).catch((error: unknown) => faults.push(error))
  const asked = turnOf(run)
  await run.tell({ type: 'tick' }, beganAt)
  if (turnOf(run) !== asked) await bringTurn(run, repository, parts)
  if (faults.length > 0) throw faults[0]
}

const turnOf = (run: Watched) => liveOf(run)?.turn.number

/** A turn that is written down, and not yet known to be with the agent. */
async function bringTurn(run: Watched, _: Repository, { asker }: WatcherParts) {
  const live = liveOf(run)
  if (live?.turn.is !== 'asked' || live.isHeld) return
  run.stored = (await asker.ask(run.stored)) ?? run.stored
}

async function lookAtTurn(run: Watched, repository: Repository, parts: WatcherParts) {
  const live = liveOf(run)
  if (live?.turn.is !== 'running') return
  const id = { run: live.id, turn: live.turn.number }
  const [sight] = await repository.executor.look([id])
  // The agent had it, and the executor knows it no more.
  const gone: Sight = {
    id,
    costUsd: null,
    type: 'over',
    at: parts.clock.now(),
    end: { how: 'lost' },
  }
  await tellSight(run, sight ?? gone, { ...parts, repository })
}

async function tellSight(run: Watched, sight: Sight, around: Around) {
  const { clock, repository } = around
  const { turn } = sight.id
  if (sight.type === 'unreachable') return run.tell({ type: 'unreachable', detail: sight.detail })
  if (sight.type === 'withdrawn') return run.tell({ type: 'withdrawn', by: sight.by })
  if (sight.costUsd !== null) await run.tell({ type: 'spent', turn, costUsd: sight.costUsd })
  if (sight.type === 'over') return tellOver(run, sight, around)
  await run.tell({ type: 'reached' })
  const { seenAt } = sight
  if (isWorthTelling(run, repository.policy.limits, clock.now()))
    await run.tell({ type: 'alive', turn, seenAt })
}

type Around = WatcherParts & { readonly repository: Repository }

async function tellOver(run: Watched, sight: Sight & { readonly type: 'over' }, around: Around) {
  const { end, id } = sight
  const over = (commit: string | null) =>
    run.tell({ type: 'turn-over', turn: id.turn, end, commit })
  try {
    // A push in the turn's last moment counts: what was seen of the remote before now does not.
    const landed = await tellLanded(run, around, around.clock.monotonic())
    const isOffered = end.how === 'finished' && (await offer(run, around))
    await over(isOffered ? null : landed)
  } catch (error) {
    // A question waits for no remote. Of any other end nobody knows what landed.
    const detail = error instanceof Error ? error.message : String(error)
    await (end.how === 'asking' ? over(null) : run.tell({ type: 'unreachable', detail }))
    throw error
  }
}

const aMinute = 60_000

/** A sign of life is a line in the ledger: one a minute is enough, and long before silence is judged. */
function isWorthTelling(run: Watched, { silentMs }: Limits, now: number): boolean {
  const turn = liveOf(run)?.turn
  return turn?.is === 'running' && now - turn.seenAt >= Math.min(aMinute, silentMs / 4)
}

async function lookAtLanding(run: Watched, repository: Repository, parts: WatcherParts) {
  const around = { ...parts, repository }
  await tellLanded(run, around)
  const { pushed } = liveOf(run) ?? {}
  if (!pushed || repository.ci === null) return
  const { commit } = pushed
  // A look starts checks: of a run that has ended meanwhile nobody waits for them.
  if ((await parts.runs.run(run.stored.run.id))?.run.state !== 'live') return
  const { landing } = repository
  const { checks, tip } = await judgedChecks(pushed, repository.ci, landing)
  // What is about to be called landed is looked for once more: a force-push may have taken it away.
  if (checks.verdict === 'green' && (pushed.checks.verdict !== 'green' || pushed.tip !== tip))
    await tellLanded(run, around, parts.clock.monotonic())
  if (tip !== undefined && !(await landing.contains(tip))) return
  await run.tell({ type: 'checked', commit, checks, ...judgedAt(tip) })
}

/** What its branch has more than the landing branch is offered to it, once its agent is ready. */
async function offer(run: Watched, { repository: { pulls }, runs }: Around): Promise<boolean> {
  const live = liveOf(run)
  if (live === null || pulls === null) return false
  const opened = await pulls.open({ branch: live.branch, ...pullText(live) })
  if (opened.is === 'refused') await run.tell({ type: 'blocked', why: opened.why })
  if (opened.is !== 'open') return false
  // What only a person was to merge is not merged because they have spoken of it.
  if (isOf(await chainOf(live, runs), opened.head)) return false
  await run.tell({ type: 'offered', commit: opened.head, request: opened.request })
  return true
}

/** GitHub starts no check of a pull request while it conflicts: waiting for one, or looking at CI, would be in vain. */
async function lookForConflict(run: Watched, repository: Repository, { clock }: WatcherParts) {
  const { pulls, landingBranch, policy } = repository
  const { pushed, turn } = liveOf(run) ?? {}
  if (pulls === null || pushed?.where.is !== 'offered' || pushed.checks.verdict !== 'none') return
  const { graceMs } = policy.limits
  // An agent at work may be about to mend it; so that one look that fails does not decide, it is looked for in time.
  const patienceMs = turn?.is === 'over' ? graceMs / 2 : graceMs
  if (clock.now() - pushed.checks.since < patienceMs) return
  if (!(await pulls.conflicts(pushed.where.request, pushed.commit))) return
  const why = `it conflicts with ${landingBranch}, so that no check starts: resolve that first`
  await run.tell({ type: 'blocked', why })
}

async function mergeOffer(run: Watched, repository: Repository, parts: WatcherParts) {
  const { pulls } = repository
  const live = liveOf(run)
  const { pushed, isHeld, turn } = live ?? {}
  if (pulls === null || pushed?.where.is !== 'offered' || !pushed.where.isMerging || isHeld) return
  const isOver = turn?.is === 'over' && turn.end.how === 'finished'
  if (live === null || (!isOver && !doesFixWait(live))) return
  // A check that was run again may have failed since it was decided.
  if (repository.policy.ci === 'checks' && pushed.checks.verdict !== 'green') return
  // What a person withdrew, or held, while CI was asked is not merged.
  const { run: now } = (await parts.runs.run(run.stored.run.id)) ?? run.stored
  if (now.state !== 'live' || parts.isPaused(repository.name)) return
  const answer = await pulls.merge(pushed.where.request, pushed.commit)
  if (answer.is === 'refused') await run.tell({ type: 'blocked', why: answer.why })
  if (answer.is === 'merged')
    await tellLanded(run, { ...parts, repository }, parts.clock.monotonic())
}
