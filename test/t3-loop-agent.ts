/**
 * A scripted agent in a thread of T3 Code: what it does in each turn of the server, with real commits, really pushed.
 *
 * It remembers its conversation, as agents do: a commit carries the trailer that it was told of in the same thread,
 * however long ago. One that was never told of a run has none to carry, and pushes its branch as well.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { AGENT_ENV } from '../src/demo/agent.ts'
import { git } from '../src/git/git.ts'
import type { AgentTurn } from './t3/agent-turn.ts'
import { until } from './until.ts'

export type LoopTurn = AgentTurn & {
  /** Writes it into work.txt, commits and pushes to main. The commit's hash. */
  push(work: string): Promise<string>
}

/** What it does, turn for turn, in the order in which turns begin. */
export type LoopPlan = ReadonlyArray<(turn: LoopTurn) => Promise<unknown>>

export function loopAgent(plan: LoopPlan) {
  const began: LoopTurn[] = []
  const told = new Map<string, string>()
  return {
    /** Oldest first. */
    began: began as readonly LoopTurn[],
    async agent(turn: AgentTurn): Promise<void> {
      const [, run] = /AFK-Run: (run_[\w-]+)/.exec(turn.prompt) ?? []
      if (run !== undefined) told.set(turn.threadId, run)
      const mine = { ...turn, push: pushing(turn, told.get(turn.threadId) ?? null) }
      began.push(mine)
      const act = plan[began.length - 1]
      if (act === undefined) throw new Error(`nobody planned a turn ${began.length}`)
      await act(mine)
    },
    /** The turn of that number, once it has begun. */
    async begun(number: number): Promise<LoopTurn> {
      await until(`turn ${number} has begun`, () => began.length >= number)
      return began[number - 1]!
    },
  }
}

/** As an agent: until its turn is called off. */
export const waits = ({ signal }: AgentTurn) =>
  new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve())
  })

const pushing =
  ({ cwd, say }: AgentTurn, run: string | null) =>
  async (work: string): Promise<string> => {
    const inPlace = (args: readonly string[]) => git(cwd, args, { env: AGENT_ENV })
    writeFileSync(join(cwd, 'work.txt'), `${work} by ${run}\n`)
    await inPlace(['add', '-A'])
    const trailer = run === null ? '' : `\n\nAFK-Run: ${run}`
    await inPlace(['commit', '-qm', `work: ${work}\n\nRefs #1${trailer}`])
    // By the trailer, or by its branch, it is known whose work it is.
    if (run === null) await inPlace(['push', '-q', 'origin', 'HEAD'])
    await inPlace(['push', '-q', 'origin', 'HEAD:main'])
    const commit = (await inPlace(['rev-parse', 'HEAD'])).trim()
    say(`Pushed-Commit: ${commit}`)
    return commit
  }
