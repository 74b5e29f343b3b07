/** What a T3 Code server was sent by a bench's executors, and what they say of a turn that the agent has. */
import { expect } from 'vitest'

import type { T3Bench } from './t3-bench.ts'

export const adopted = (bench: T3Bench, thread = bench.thread) => ({
  type: 'adopted',
  environment: expect.any(String) as string,
  place: bench.worktree,
  thread,
})

export const sent = ({ t3 }: T3Bench, type = '') =>
  t3
    .commands()
    .map(({ command }) => command)
    .filter((command) => command.type.startsWith(type))

export const starts = (bench: T3Bench) => sent(bench, 'thread.turn.start')
