/**
 * The whole loop on GitHub with its agents in T3 Code, in this process: the stage of `github-loop-stage.ts`, and
 * a T3 Code server that is played beside it. Links are the threads' own pages.
 *
 * At the end of a play T3 saw nothing that no client should send, and had no bug of its own.
 */
import { expect } from 'vitest'

import { onStage, type Stage, type StageOptions } from './github-loop-stage.ts'
import { threads } from './github-loop-node.ts'
import { loopAgent, type LoopPlan } from './t3-loop-agent.ts'
import { type T3Options, t3StandIn } from './t3/stand-in.ts'

export type T3StageOptions = Pick<StageOptions, 'landed' | 'phone' | 'required'> & {
  readonly turns: LoopPlan
  readonly t3?: T3Options
}

export type T3Stage = Stage & Pick<ReturnType<typeof loopAgent>, 'began' | 'begun'> & T3Side

type T3Side = { readonly t3: Awaited<ReturnType<typeof t3StandIn>> }

/** Plays on a stage of its own, as `onStage`. */
export async function onT3Stage(
  { turns, t3: wish, ...options }: T3StageOptions,
  play: (stage: T3Stage) => Promise<void>,
): Promise<void> {
  const { agent, began, begun } = loopAgent(turns)
  const t3 = await t3StandIn({ ...wish, agent })
  const executor = { type: 't3', url: t3.url, token: t3.token }
  const links = { baseUrl: threads, template: 't3' }
  const played = onStage({ ...options, written: { executor, links } }, (stage) =>
    play({ ...stage, t3, began, begun }),
  )
  const [{ status, ...how }] = await Promise.allSettled([played])
  const [closed] = await Promise.allSettled([t3.close()])
  if (status === 'rejected') throw (how as PromiseRejectedResult).reason
  if (closed.status === 'rejected') throw closed.reason
  expect(t3.smells()).toEqual([])
}

/** A page of a thread, as a ring links it. */
export const pageOf = ({ t3 }: T3Side, thread: string) => `${threads}/${t3.environmentId}/${thread}`
