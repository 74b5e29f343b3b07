/**
 * What a written history may say: `test/histories/*.yaml`, read once and refused with the place of each mistake.
 *
 * Its steps stand in the order of their times. Who speaks of a commit that nobody pushes has mistyped it.
 */
import { parse } from 'yaml'
import * as z from 'zod'

import { TERMINAL_KINDS } from '../src/doorbell/kinds.ts'
import type { Cause, Phase } from '../src/run/run.ts'
import {
  Agent,
  Checks,
  Count,
  Letter,
  Machine,
  Person,
  Pull,
  Remote,
  Text,
  Time,
} from './history-facts.ts'

const Away = z.enum(['down', 'back']).exactOptional()

const Step = z.strictObject({
  at: Time,
  /** While CI's answer of that minute is on its way: what it says is older. */
  during: z.literal('ci').exactOptional(),
  remote: Remote.exactOptional(),
  pull: Pull.exactOptional(),
  checks: Checks.exactOptional(),
  ci: Away,
  /** Behind: it tells neither of our label nor of how its issue was closed. */
  tracker: z.enum(['down', 'back', 'behind']).exactOptional(),
  /** The agent's turn, so far, in US dollars. */
  costs: z.number().min(0).exactOptional(),
  agent: Agent.exactOptional(),
  person: Person.exactOptional(),
  machine: Machine.exactOptional(),
})

const causes = [
  ...(['question', 'permission', 'agent-error', 'nothing-pushed', 'ci-stuck', 'no-ci'] as const),
  ...(['executor-unreachable', 'lost', 'dispatch-failed', 'stalled', 'cost'] as const),
  ...(['review'] as const),
] satisfies readonly Cause[]
const phases = [
  ...(['queued', 'dispatching', 'working', 'paused-for-limit', 'checking', 'fixing'] as const),
] satisfies readonly Phase[]

/** Of the issue's last run; turns, charges and rings are those of all its runs. */
const tally = {
  at: Time,
  asked: Count,
  charged: z.array(z.enum(['attempt', 'loss'])),
  rings: z.array(z.enum(TERMINAL_KINDS)),
}
/** Where it was judged, if not at the commit itself. */
const tip = Letter.exactOptional()
const Ends = z.discriminatedUnion('as', [
  z.strictObject({ as: z.literal('done'), commit: Letter, tip, ...tally }),
  z.strictObject({
    as: z.literal('needs-human'),
    cause: z.enum(causes),
    commit: z.union([Letter, z.literal('none')]),
    ...tally,
  }),
  z.strictObject({
    as: z.literal('frozen'),
    ranOut: z.enum(['attempts', 'minutes', 'money']),
    commit: Letter,
    tip,
    ...tally,
  }),
  z.strictObject({ as: z.literal('withdrawn'), by: Text, ...tally }),
  z.strictObject({ as: z.literal('under way'), phase: z.enum(phases), ...tally }),
])

const Written = z.strictObject({
  title: Text,
  /** As in a configuration, and how long checks may be pending, which a command's timeout makes longer. */
  limits: z
    .strictObject({
      fixForwardAttempts: Count.exactOptional(),
      fixForwardMinutes: Count.exactOptional(),
      silentMinutes: Count.exactOptional(),
      costUsd: Count.exactOptional(),
      pendingMinutes: Count.exactOptional(),
    })
    .default({}),
  /** Its owner wrote that there is none. */
  ci: z.literal('none').exactOptional(),
  /** It lands by pull request, and who merges that. */
  merges: z.enum(['human', 'auto']).exactOptional(),
  required: z.array(Text).min(1).exactOptional(),
  /** Its tracker may answer as it was a moment ago. */
  lags: z.literal(true).exactOptional(),
  steps: z.array(Step).min(1),
  ends: Ends,
  /** How its issue stands in the end. */
  issue: z.enum(['open', 'closed']).exactOptional(),
})

/** For how long it is played after its end, in minutes: nothing may change. */
export const quietMinutes = 120

type Draft = z.infer<typeof Written>

function inOrder({ merges, steps, ends }: Draft, { addIssue }: z.RefinementCtx<Draft>) {
  const wrong = (message: string, ...path: Array<string | number>) =>
    addIssue({ code: 'custom', message, path })
  const pushes = steps.flatMap(({ remote, pull }) =>
    [remote?.push, remote?.offer, pull?.merged, pull?.mergesAs].filter(
      (each) => each !== undefined,
    ),
  )
  const last = ends.at + (ends.as === 'under way' ? 0 : quietMinutes)
  for (const [at, step] of steps.entries()) {
    if (step.at < (steps[at - 1]?.at ?? 0)) wrong('comes after a later one', 'steps', at, 'at')
    if (step.at > last) wrong('comes when nobody plays it any more', 'steps', at, 'at')
    if (Object.keys(step).every((key) => key === 'at' || key === 'during'))
      wrong('says nothing', 'steps', at)
    if (merges === undefined && (step.pull !== undefined || step.remote?.offer !== undefined))
      wrong('needs merges: nothing lands by pull request here', 'steps', at)
    const { forcedAway } = step.remote ?? {}
    for (const commit of [...Object.keys(step.checks ?? {}), ...(forcedAway ?? [])])
      if (!pushes.includes(commit)) wrong(`nobody pushes ${commit}`, 'steps', at)
  }
  const commit = 'commit' in ends ? ends.commit : 'none'
  if (commit !== 'none' && !pushes.includes(commit))
    wrong(`nobody pushes ${commit}`, 'ends', 'commit')
}

export type History = z.infer<typeof Written>
export type Step = z.infer<typeof Step>
export type Ends = z.infer<typeof Ends>

/** Throws where it does not make sense, with the places. */
export function readHistory(file: string, text: string): History {
  const { success, data, error } = Written.superRefine(inOrder).safeParse(parse(text))
  if (success) return data
  throw new Error(`${file} is no history:\n${z.prettifyError(error)}`)
}
