/** What the hostile cases have in common: a person's steps, and what must be so. */
import { join } from 'node:path'
import { expect } from 'vitest'

import type { Plot } from './hostile-ground.ts'
import type { Ended, Stage } from './hostile-play.ts'
import { until } from './until.ts'

export const nothing = 'needs-human: nothing-pushed'

export async function landByHand({ plot }: Stage) {
  await plot.isNoted('waits')
  await plot.landByHand('by-hand.txt')
}

export async function itsOwnCommit({ plot, run }: Ended) {
  expect(run.verdict!.commit).toBe(plot.noted(`landed.${run.id}`))
}

/** Until its look has failed, and others have been looked at several times since. */
export async function aFewLooks({ name }: Plot, node: Stage['node']) {
  await until(`the look at ${name} fails`, () => node.told('look-failed', name).length > 0, 110_000)
  const ends = () => node.events.filter(({ event }) => event === 'run-ended').length
  const before = ends()
  await until('runs end elsewhere', () => ends() >= before + 3, 110_000)
}

export const agentsOf = ({ plot }: Pick<Stage, 'plot'>) =>
  join(plot.folder, '..', 'loop', plot.name, 'agents')

export async function stopAtWork(stage: Stage) {
  await stage.plot.isNoted('pid')
  await stop(stage)
}

export async function stop({ node, issue }: Pick<Stage, 'node' | 'issue'>) {
  const [run] = await node.runsOf(issue)
  expect(await node.post(`/v1/runs/${run!.id}/stop`, {})).toBe(200)
}

export async function phaseOf({ node, issue }: Pick<Stage, 'node' | 'issue'>) {
  const [run] = await node.runsOf(issue)
  return run?.phase
}

export async function choreWaits({ node, issue }: Pick<Stage, 'node' | 'issue'>, detail: string) {
  const [run] = await node.runsOf(issue)
  return run!.chores.some((chore) => chore.state === 'due' && chore.detail?.includes(detail))
}

/** As a phone or a terminal may show it: four lines at most, and nothing in them but text. */
export function expectPlain(body: string) {
  const lines = body.split('\n')
  expect(lines.length).toBeLessThanOrEqual(4)
  expect(lines.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u)
  expect(body.length).toBeLessThan(1_500)
}

/** A person goes on in the run that has ended. */
export async function goOnOnce({ plot, node, issue }: Stage) {
  await node.hasEnded(issue)
  const body = { repo: plot.name, number: 1 }
  await until('it goes on', async () => (await node.post('/v1/continue', body)) === 202)
}
