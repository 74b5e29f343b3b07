/** An asker on a ground, whose prompts are only written down, and a run whose fix is to be asked. */
import { expect } from 'vitest'

import { asker } from '../src/loop/asker.ts'
import type { Prompts } from '../src/loop/repository.ts'
import { type Ground, inMemoryLoop } from './in-memory-loop.ts'
import { commit, finished, red } from './runs.ts'

type Facts = Parameters<Prompts['implement']>[0] | Parameters<Prompts['fix']>[0]

/** An asker whose prompts are only written down. */
export function asking({ parts, repository }: Ground, policy = repository.policy) {
  const prompted: Array<readonly [string, Facts]> = []
  const prompt = (kind: string) => async (facts: Facts) => {
    prompted.push([kind, facts])
    return `the prompt to ${kind}`
  }
  const prompts: Prompts = { implement: prompt('implement'), fix: prompt('fix') }
  const repositories = new Map([['infra', { ...repository, policy, prompts }]])
  return { prompted, ...asker({ ...parts, repositories }) }
}

/** CI is red at its commit, and its second turn is written down. */
export async function redGround(wish: Parameters<typeof inMemoryLoop>[0] = {}): Promise<Ground> {
  const ground = inMemoryLoop(wish)
  await ground.working()
  await ground.happen('run_1', { type: 'turn-over', turn: 1, end: finished, commit })
  await ground.happen('run_1', { type: 'checked', commit, checks: red })
  expect(await ground.run()).toMatchObject({ turn: { number: 2, purpose: 'fix', is: 'asked' } })
  ground.executor.orders.length = 0
  return ground
}
