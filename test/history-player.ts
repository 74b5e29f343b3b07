/**
 * Plays a written history over the real driver, watcher, poller, desk and chores, with everything else in memory,
 * and tells how it ended.
 *
 * It looks at everything once a minute of its own clock. At a step, what the world does comes first, then what a
 * person does, then the look, and then the machine goes away. A machine that slept is told so by its length, as
 * the loop tells it; a node that was down is another watcher and another poller, and nothing is told.
 */
import { asker } from '../src/loop/asker.ts'
import { doChores } from '../src/loop/chores.ts'
import { desk } from '../src/loop/desk.ts'
import { faults } from '../src/loop/faults.ts'
import { pauses } from '../src/loop/pauses.ts'
import { poller } from '../src/loop/poller.ts'
import { watcher } from '../src/loop/watcher.ts'
import { labels } from './loop-stand-ins.ts'
import { type Ground, inMemoryLoop } from './in-memory-loop.ts'
import { type History, quietMinutes, type Step } from './history-schema.ts'
import {
  close,
  historyWorld,
  type HistoryWorld,
  isOfAway,
  issue,
  relabel,
} from './history-world.ts'
import { minute } from './runs.ts'

export type Played = {
  readonly ground: Ground
  readonly startAt: number
}

/** `ended`: at the minute of its end. `quiet`: so much later. */
export async function play<T>(history: History, tell: (played: Played) => Promise<T>) {
  const { steps, ends } = history
  const ground = inMemoryLoop({
    limits: limitsOf(history),
    hasCi: history.ci !== 'none',
    ...(history.merges !== undefined && { merges: history.merges }),
    ...(history.lags && { lagMs: 10_000 }),
  })
  const { clock } = ground.parts
  const startAt = clock.now()
  const world = historyWorld(ground, history)
  const minuteNow = () => (clock.now() - startAt) / minute
  const waiting = [...steps]
  let node = await nodeOn(ground, world)
  let slept = 0

  async function go(until: number) {
    for (; minuteNow() <= until; clock.advance(minute)) {
      if (slept > 0) await tellSlept(ground, slept)
      slept = 0
      const due = waiting.splice(0, waiting.filter(({ at }) => at <= minuteNow()).length)
      for (const step of due) await saying(step, () => takes(step, { ground, world, node }))
      await node.look()
      for (const { machine: { slept: asleep = 0, nodeDown = 0 } = {} } of due) {
        // The minute that passes in any case is the last one.
        clock.advance(Math.max(0, asleep + nodeDown - 1) * minute)
        slept += asleep * minute
        if (nodeDown > 0) node = await nodeOn(ground, world)
      }
    }
  }

  await go(ends.at)
  const ended = await tell({ ground, startAt })
  if (ends.as === 'under way') return { ended, quiet: ended }
  await go(ends.at + quietMinutes)
  return { ended, quiet: await tell({ ground, startAt }) }
}

function limitsOf({ limits }: History) {
  const { fixForwardAttempts, fixForwardMinutes, silentMinutes, costUsd, pendingMinutes } = limits
  return {
    ...(fixForwardAttempts !== undefined && { fixForwardAttempts }),
    ...(fixForwardMinutes !== undefined && { fixForwardMs: fixForwardMinutes * minute }),
    ...(silentMinutes !== undefined && { silentMs: silentMinutes * minute }),
    ...(costUsd !== undefined && { costUsd }),
    ...(pendingMinutes !== undefined && { pendingMs: pendingMinutes * minute }),
  }
}

async function tellSlept({ store, parts: { driver, clock } }: Ground, ms: number) {
  for (const stored of await store.liveRuns())
    await driver.advance(stored, { type: 'slept', at: clock.now(), ms })
}

type Node = Awaited<ReturnType<typeof nodeOn>>

async function nodeOn(ground: Ground, { repository }: HistoryWorld) {
  const repositories = new Map([[issue.repo, repository]])
  const parts = { ...ground.parts, repositories }
  const held = pauses(parts)
  await held.read()
  const polls = poller({ ...parts, faults: faults(parts.tell) })
  const looks = watcher({ ...parts, asker: asker(parts), isPaused: held.isPaused })
  return {
    held,
    desk: desk({ ...parts, wake: () => {} }),
    async look() {
      await unlessAway(polls.look(issue.repo))
      await unlessAway(looks.look(issue.repo))
      const due = { now: parts.clock.now(), limit: 100, run: null }
      for (const { run } of await parts.runs.dueChores(due))
        await doChores(run, { ...parts, freed: () => {}, isOver: () => false })
    },
  }
}

/** As the loop does: it is told, and asked again. */
async function unlessAway(look: Promise<void>): Promise<void> {
  await look.catch((error: unknown) => {
    if (!isOfAway(error)) throw error
  })
}

type Taking = { readonly ground: Ground; readonly world: HistoryWorld; readonly node: Node }

async function takes(step: Step, { ground, world, node }: Taking): Promise<void> {
  const happen = async () => {
    world.happens(step)
    if (step.person) await acts(step.person, { ground, world, node })
  }
  if (step.during) ground.calls.duringNext('ci look', happen)
  else await happen()
}

async function acts(person: NonNullable<Step['person']>, { ground, node }: Taking): Promise<void> {
  const { closes, reopens, unlabels, relabels, pauses: holds, resumes } = person
  if (closes) close(ground, { who: 'ada', commit: null })
  if (reopens) ground.tracker.edit(issue.number, { isOpen: true, closedBy: null })
  if (unlabels) relabel(ground, [])
  if (relabels) relabel(ground, [labels.ready])
  if (holds) await node.held.pause('*', 'ada')
  if (resumes) await node.held.resume('*', 'ada')
  const { stops, continues, grants } = person
  const last = (await ground.store.lastRun(issue))?.run.id ?? 'none'
  if (stops) obeyed(await node.desk.stop(last, 'ada'))
  if (continues) obeyed(await node.desk.goOn(issue, 'ada'))
  if (grants) obeyed(await node.desk.grant(issue, { by: 'ada', why: 'it is close', ...grants }))
}

function obeyed(answer: { readonly type: string; readonly why?: string }) {
  if (answer.type !== 'done') throw new Error(`a person is refused: ${answer.why}`)
}

async function saying(step: Step, happens: () => Promise<void>): Promise<void> {
  try {
    await happens()
  } catch (error) {
    throw new Error(`the step at ${step.at}m cannot be: ${String(error)}`, { cause: error })
  }
}
