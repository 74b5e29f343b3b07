/** How a played history ended, in the words of its file, and all that must stay as it is once it has. */
import { isEnded, phaseOf, type Run } from '../src/run/run.ts'
import type { Played } from './history-player.ts'
import type { Ends } from './history-schema.ts'
import { issue, letterOf } from './history-world.ts'
import { minute } from './runs.ts'

export async function endingOf({ ground, startAt }: Played) {
  const { store, executor, parts } = ground
  const last = await store.lastRun(issue)
  if (last === undefined) throw new Error('no run was started')
  const ledger = await store.ledger(last.run.lineage)
  const asked = ledger.flatMap(({ what }) => (what.type === 'asked' ? [what] : []))
  const { rings } = await store.list({ kind: null, state: null, limit: 200, before: null })
  const endedAt = isEnded(last.run) ? last.run.endedAt : parts.clock.now() - minute
  const ends = {
    ...verdictOf(last.run),
    at: (endedAt - startAt) / minute,
    asked: asked.length,
    charged: asked.flatMap(({ charge }) => charge ?? []),
    rings: rings.map(({ ring }) => ring.notification.kind).toReversed(),
  } as Ends
  return {
    ends,
    issue: ground.tracker.issue(issue.number).isOpen ? 'open' : 'closed',
    last,
    ledger,
    orders: [...executor.orders],
    rang: rings.map(({ ring }) => ring.id),
  }
}

const tipOf = ({ tip }: { readonly tip?: string }) =>
  tip === undefined ? {} : { tip: letterOf(tip) }

function verdictOf(run: Run): object {
  switch (run.state) {
    case 'done':
      return { as: 'done', commit: letterOf(run.commit), ...tipOf(run) }
    case 'needs-human': {
      const { cause, commit } = run
      return { as: 'needs-human', cause, commit: commit === null ? 'none' : letterOf(commit) }
    }
    case 'frozen':
      return { as: 'frozen', ranOut: run.ranOut, commit: letterOf(run.commit), ...tipOf(run) }
    case 'withdrawn':
      return { as: 'withdrawn', by: run.withdrawnBy }
    case 'queued':
    case 'live':
      return { as: 'under way', phase: phaseOf(run) }
  }
}
