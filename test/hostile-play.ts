/**
 * Plays one hostile case: a bad issue to its end, then a good one in the same repository, which must land.
 *
 * What a case expects stands in its own words: `needs-human: nothing-pushed`, `done`, `withdrawn`.
 */
import type { Plot } from './hostile-ground.ts'
import type { HostileNode, RingSeen, RunSeen } from './hostile-node.ts'

export type Stage = { readonly plot: Plot; readonly node: HostileNode; readonly issue: string }

export type Ended = Stage & { readonly run: RunSeen; readonly rings: readonly RingSeen[] }

export type Hostile = {
  /** The repository's name. */
  readonly name: string
  /** What the agent does, as `hostile-agent.mjs` knows it; null: `meanwhile` files the issue. */
  readonly does: string | null
  /** Its verdict and cause, by docs/verdict.md. */
  readonly verdict: string
  /** How many runs the bad issue had. Default 1. */
  readonly runs?: number
  /** Of this repository, over the defaults. */
  readonly settings?: (plot: Plot) => object
  /** Before the node starts. */
  readonly before?: (plot: Plot) => Promise<void> | void
  /** What the order says beside. */
  readonly order?: (stage: Omit<Stage, 'issue'>) => object
  /** What a person does while the agent works. */
  readonly meanwhile?: (stage: Stage) => Promise<void>
  /** What must be so, or what a person mends, before the good issue is filed. */
  readonly afterEnd?: (ended: Ended) => Promise<void>
  /** What must be so once the good issue has landed. */
  readonly afterwards?: (ended: Ended) => Promise<void>
}

export type Played = Ended & {
  readonly verdict: string
  readonly good: string
  readonly goodLanded: boolean
  /** Of the agents before, when the good issue's run was queued. */
  readonly survivors: readonly number[]
}

export async function play(hostile: Hostile, around: Omit<Stage, 'issue'>): Promise<Played> {
  const { plot, node } = around
  const issue = `${plot.name}#1`
  const stage = { ...around, issue }
  if (hostile.does !== null) plot.file(1, hostile.does, hostile.order?.(around))
  await hostile.meanwhile?.(stage)
  await node.hasEnded(issue, hostile.runs)
  const [run] = await node.runsOf(issue)
  const ended = { ...stage, run: run!, rings: await node.ringsOf(issue) }
  await hostile.afterEnd?.(ended)
  const good = `${plot.name}#2`
  plot.file(2, 'land')
  await node.hasEnded(good)
  await hostile.afterwards?.(ended)
  const [last] = await node.runsOf(good)
  return {
    ...ended,
    verdict: wordsOf(run!),
    good: wordsOf(last!),
    goodLanded: (await plot.remoteGit('rev-parse main')) === last!.verdict?.commit,
    survivors: (await node.survivors.get(good)) ?? [],
  }
}

function wordsOf({ verdict, phase }: RunSeen): string {
  if (verdict === null) return phase
  return verdict.cause === null ? verdict.kind : `${verdict.kind}: ${verdict.cause}`
}
