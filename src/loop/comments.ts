/**
 * The one comment on the issue of each run, kept true while the run is under way, and written last at its end.
 *
 * One at a time in each repository, and of the run as it is when its turn has come: what is written last is what is
 * so. It is written when what it says has changed in substance, and then once; what was told is remembered here
 * and nowhere else, so that a restart may write the same once more. What cannot be written is thrown, and written
 * by the next look.
 */
import type { Clock } from '../clock.ts'
import { type InTurn, inTurn } from '../in-turn.ts'
import { checklist } from '../run/checklist.ts'
import { isEnded, type Run } from '../run/run.ts'
import type { Runs, StoredRun } from '../store/runs.ts'
import { TrackerError } from '../trackers/tracker-error.ts'
import type { Written } from '../trackers/tracker.ts'
import type { Repository } from './repository.ts'

export type Comments = {
  /** Of each of its runs under way, where there is something new to say. */
  keep(repository: Repository): Promise<void>
  /** Of a run that has ended. */
  end(run: Run, repository: Repository): Promise<Written>
}

export type CommentsParts = {
  readonly runs: Pick<Runs, 'run' | 'liveRuns' | 'ledger'>
  readonly clock: Clock
  /** The link that opens the run's thread; null: nobody says where threads live. */
  readonly threadLink: (run: Run) => string | null
}

type Known = Pick<StoredRun, 'revision' | 'ledgerEnd'> & { readonly substance: string }

export function comments({ runs, clock, threadLink }: CommentsParts): Comments {
  const turns = new Map<string, InTurn>()
  const known = new Map<string, Known>()

  function turnOf({ name }: Repository): InTurn {
    const turn = turns.get(name) ?? inTurn()
    turns.set(name, turn)
    return turn
  }

  async function made(run: Run, { policy }: Repository) {
    const ledger = await runs.ledger(run.lineage)
    return checklist({ run, ledger, policy, thread: threadLink(run), now: clock.now() })
  }

  async function keepOne(id: string, repository: Repository): Promise<void> {
    const stored = await runs.run(id)
    if (stored === undefined || isEnded(stored.run)) return
    const { run, revision, ledgerEnd } = stored
    const before = known.get(id)
    if (before?.revision === revision && before.ledgerEnd === ledgerEnd) return
    const { text, substance } = await made(run, repository)
    if (before?.substance !== substance) {
      const { number } = run.issue
      const how = await repository.tracker.comment(number, text)
      if (how === 'conflict') throw new TrackerError('unreachable', beingEdited(number))
      // It may come back, and whoever finds it gone for long withdraws the run.
      if (how === 'gone') return
    }
    known.set(id, { revision, ledgerEnd, substance })
  }

  return {
    async keep(repository) {
      for (const { run } of await runs.liveRuns(repository.name))
        await turnOf(repository)(() => keepOne(run.id, repository))
    },
    end: (run, repository) =>
      turnOf(repository)(async () => {
        known.delete(run.id)
        return repository.tracker.comment(run.issue.number, (await made(run, repository)).text)
      }),
  }
}

const beingEdited = (number: number) =>
  `somebody edits issue ${number} at this moment: it is told of its run at the next look`
