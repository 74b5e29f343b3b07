/** A watcher on a ground, and what it tells the driver: `ask` stands for a turn that is brought to the agent. */
import { expect } from 'vitest'

import { type Watcher, watcher } from '../src/loop/watcher.ts'
import { type Ground, inMemoryLoop } from './in-memory-loop.ts'
import { commit, finished, pending } from './runs.ts'

type Wish = { readonly isPaused?: boolean }

export function watching({ parts }: Ground, { isPaused = false }: Wish = {}) {
  const events: string[] = []
  const { look }: Watcher = watcher({
    ...parts,
    driver: {
      advance(run, event) {
        events.push(event.type)
        return parts.driver.advance(run, event)
      },
    },
    asker: {
      async ask(stored) {
        events.push('ask')
        return stored
      },
    },
    isPaused: () => isPaused,
  })
  return { events, look: (repo = 'infra') => look(repo) }
}

/** Its turn is over, and CI is at its commit. */
export async function checkingGround(): Promise<Ground> {
  const ground = inMemoryLoop()
  await ground.working()
  ground.landing.push('run_1', commit)
  ground.ci.says(commit, pending)
  ground.executor.shows({ run: 'run_1', turn: 1 }, { type: 'over', at: 0, end: finished })
  await watching(ground).look()
  expect(await ground.run()).toMatchObject({ state: 'live', turn: { is: 'over' } })
  return ground
}
