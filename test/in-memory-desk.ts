/** A desk on a ground, and a run that has ended and can be gone on in. */
import { desk } from '../src/loop/desk.ts'
import { type Ground, inMemoryLoop } from './in-memory-loop.ts'
import { question } from './runs.ts'

export const issue = { repo: 'infra', number: 42 }

export const refused = (why: string) => ({ type: 'refused', why })

export function atDesk({ parts }: Ground) {
  const woken: string[] = []
  return { woken, ...desk({ ...parts, wake: (repo) => void woken.push(repo) }) }
}

/** A run that asked a person something, and let go of its slot. */
export async function askedGround(): Promise<Ground> {
  const ground = inMemoryLoop()
  await ground.working()
  await ground.happen(
    'run_1',
    { type: 'spent', turn: 1, costUsd: 3 },
    { type: 'turn-over', turn: 1, end: question, commit: null },
  )
  await ground.store.freeSlot('run_1')
  ground.told.length = 0
  return ground
}
