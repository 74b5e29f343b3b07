/** One enrolled repository: who tracks its issues, runs its agents, checks and lands its work, and by which rules. */
import type { Ci } from '../ci/ci.ts'
import type { Executor } from '../executors/executor.ts'
import type { Landing } from '../landing/landing.ts'
import type { Pulls } from '../landing/pulls.ts'
import type { Policy } from '../run/limits.ts'
import type { Labels, Tracker } from '../trackers/tracker.ts'

export type Repository = {
  /** As its owner enrolled it: `infra`, `acme/web`. */
  readonly name: string
  readonly landingBranch: string
  readonly policy: Policy
  readonly labels: Labels
  readonly tracker: Tracker
  readonly executor: Executor
  readonly landing: Landing
  /** Null: agents push to the landing branch. */
  readonly pulls: Pulls | null
  /** Null: there is none, and its owner wrote so. */
  readonly ci: Ci | null
  readonly prompts: Prompts
}

/** The text of a turn. Throws where a prompt's file names a variable that is not one. */
export type Prompts = {
  implement(facts: PromptFacts): Promise<string>
  fix(facts: PromptFacts & FixFacts): Promise<string>
}

export type PromptFacts = {
  readonly repo: string
  readonly number: number
  readonly title: string
  readonly body: string
  readonly run: string
  readonly branch: string
  readonly landingBranch: string
  readonly merges: Policy['merges']
}

export type FixFacts = {
  readonly commit: string
  readonly failing: string
  readonly logs: string
  readonly attempt: number
  readonly attempts: number
}
