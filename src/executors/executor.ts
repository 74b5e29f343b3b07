/**
 * The port every executor fills: whoever runs the agents of one repository.
 *
 * A turn is named by its run and its number, both ours: asked twice, it is the same turn, also after a
 * crash in between. Not being able to ask an executor says nothing about a turn. What an agent wrote or
 * could reach proves nothing; an executor tells how a turn ended, and never whether the work is good.
 */
import type { Finding } from '../doorbell/finding.ts'
import type { TurnEnd } from '../run/run.ts'

export type Executor = {
  /** Brings a turn to the agent, or finds it there. */
  ask(order: Order): Promise<Asked>

  /** What became of these turns, in one look. One that is missing in the answer was never asked. */
  look(turns: readonly TurnId[]): Promise<readonly Sight[]>

  /**
   * Ends the agent's turn; one that is still on its way never begins. True: the executor shows that nothing of it
   * runs any more. `unless-it-asks`: one that waits for a person's answer may go on waiting, where that can be
   * answered later; nothing of it runs until then.
   */
  interrupt(turn: TurnId, how?: 'end' | 'unless-it-asks'): Promise<boolean>

  /**
   * Lets go of the run's place, where nothing in it could be lost. With `discard`, whatever is not committed
   * in it goes, too; a commit never does. Neither while something of the run is alive or another run goes on
   * in it. Once it is gone, the turns of the run count as never asked. Repeated, it says the same.
   */
  tidy(run: string, how?: { readonly discard: boolean }): Promise<Tidied>

  /** Every place that is there, also of runs under way; of those that share one, the last run's. */
  places(): Promise<readonly Kept[]>

  /**
   * Removes what is written down of turns that ended before this instant, and whose place is gone.
   * Throws, once all else is done, where something of it could not be removed.
   */
  forget(before: number): Promise<void>

  /**
   * Of these runs' conversations, the newest turn that somebody other than us began since our last was over. None:
   * nobody did, or it cannot show that. Throws where the executor cannot be asked.
   */
  visits(runs: readonly Visited[]): Promise<readonly Visit[]>

  /**
   * A conversation that a person began, by the far side's id. Null: it shows none. Throws where the executor cannot
   * be asked.
   */
  find(thread: string): Promise<Conversation | null>

  /** Calls back whenever a turn may have ended; returns how to end that. */
  watch(wake: (turn: TurnId) => void): () => void

  /**
   * Tries what can be tried without a turn, and says what to mend. A far side's failure is a finding and never
   * thrown; each try ends by itself. No finding holds a secret.
   */
  check(): Promise<readonly Finding[]>
}

export type TurnId = { readonly run: string; readonly turn: number }

export type Order = TurnId & {
  /** The run's own branch. */
  readonly branch: string
  /** The commit that its place is made off. */
  readonly base: string
  /** The conversation that it belongs to: the run's, by an id of ours. */
  readonly thread: string
  /** What a person sees of it where conversations are listed. */
  readonly title: string
  readonly prompt: string
  /** The run in whose place and conversation it goes on; null: a place of its own. */
  readonly continues: string | null
  /**
   * A turn that a person took in the conversation already, by the far side's id: nothing is asked of the agent, it
   * is written down as this turn, and watched as one. Null: the prompt is asked.
   */
  readonly visit: string | null
  readonly issue: { readonly repo: string; readonly number: number }
}

export type Asked =
  /**
   * `place`: the worktree's path on the machine of the agent; null: it has none that a person could go to.
   * `thread`: the conversation it is in: another than was asked for only where that one is gone, and a new one
   * was begun in the same place. `environment`: the far side's id of where its conversations are, for their links.
   */
  | {
      readonly type: 'adopted'
      readonly place: string | null
      readonly thread: string
      readonly environment: string | null
    }
  /** It will be refused again. */
  | { readonly type: 'refused'; readonly detail: string }
  | { readonly type: 'unreachable'; readonly detail: string }

/** `costUsd`: of the turn so far, where the agent says so; null: it does not. */
export type Sight = { readonly id: TurnId; readonly costUsd: number | null } & (
  | { readonly type: 'running'; readonly seenAt: number }
  | { readonly type: 'over'; readonly at: number; readonly end: TurnEnd }
  /** A person put the conversation away: archived or deleted it. */
  | { readonly type: 'withdrawn'; readonly at: number; readonly by: string }
  | { readonly type: 'unreachable'; readonly detail: string }
)

export type Conversation = {
  /** Its own branch; null: it works on whatever is checked out there. */
  readonly branch: string | null
  /** Where it works. */
  readonly place: string
  /** The newest turn, by the far side's id; null: none was begun. */
  readonly turn: string | null
}

/** `since`: when the run ended. What was over before, and asks nothing of a person, was judged with it. */
export type Visited = { readonly run: string; readonly thread: string; readonly since: number }

export type Visit = {
  readonly run: string
  /** By the far side's id. */
  readonly turn: string
  readonly at: number
  readonly place: string | null
  /** A turn runs in the conversation now: it is not quiet. */
  readonly isBusy: boolean
}

export type Tidied =
  /** `left`: the branches that stay, with commits that origin's landing branch does not have. */
  | { readonly type: 'removed'; readonly left: readonly string[] }
  /** Something in it is nowhere else, or a person is called to it. */
  | { readonly type: 'kept'; readonly path: string; readonly why: string }

export type Kept = {
  readonly run: string
  readonly path: string
  /** Empty: not known. */
  readonly branch: string
  /** What would be lost with it, or who is in it; null: nothing, and nobody. */
  readonly why: string | null
}
