/** What agents do to AFK's own files, and how they do not end; each with how it must end. See `hostile-cases.ts`. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'

import { killNow } from './command-bench.ts'
import type { Hostile } from './hostile-play.ts'
import {
  agentsOf,
  choreWaits,
  goOnOnce,
  itsOwnCommit,
  nothing,
  stop,
  stopAtWork,
} from './hostile-steps.ts'
import { until } from './until.ts'

/** What it does to AFK's own files and to its place. */
export const tampering: readonly Hostile[] = [
  { name: 'removes-its-records', does: 'remove its records', verdict: nothing },
  { name: 'forges-its-end', does: 'forge its end', verdict: nothing },
  { name: 'deletes-its-worktree', does: 'delete its worktree', verdict: nothing },
  { name: 'kills-its-wrapper', does: 'kill its wrapper', verdict: 'needs-human: lost' },
  {
    name: 'leaves-no-record',
    does: 'kill its wrapper and remove its records',
    verdict: 'needs-human: lost',
  },
  {
    name: 'moves-its-place',
    does: 'move its place',
    verdict: 'done',
    // The owner is elsewhere, and so `main` is checked out nowhere.
    before: async ({ git }) => void (await git('checkout -q -b mine')),
    async afterwards(ended) {
      await itsOwnCommit(ended)
      expect(await ended.plot.git('branch --list main')).toContain('main')
    },
  },
  {
    name: 'forges-its-base',
    does: 'forge its base',
    verdict: nothing,
    runs: 2,
    settings: () => ({ ci: { type: 'command', argv: ['true'] } }),
    meanwhile: goOnOnce,
  },
  {
    name: 'spoils-its-records',
    does: 'spoil its records',
    verdict: 'withdrawn',
    meanwhile: async (stage) => {
      await stage.plot.isNoted('pid')
      await stop(stage)
    },
    async afterEnd({ plot, node, issue, run }) {
      await until('its agent is gone', async () => (await node.alive(issue)).length === 0, 110_000)
      // Nobody can show any more that nothing of it runs: a person looks, and removes the record.
      await until('the slot waits', () => choreWaits({ node, issue }, 'is not shown'), 110_000)
      rmSync(join(agentsOf({ plot }), 'turns', `${run.id}.1`), { recursive: true })
    },
  },
]

/** How it does not end. */
export const endless: readonly Hostile[] = [
  { name: 'never-exits', does: 'never exit', verdict: 'withdrawn', meanwhile: stopAtWork },
  { name: 'ignores-sigterm', does: 'ignore SIGTERM', verdict: 'withdrawn', meanwhile: stopAtWork },
  { name: 'leaves-a-child', does: 'leave a child', verdict: 'done', afterwards: itsOwnCommit },
  {
    name: 'leaves-a-nameless-child',
    does: 'leave a child without a name',
    verdict: nothing,
    async afterEnd({ plot, node, issue }) {
      // It may be a person's: it is never ended, and nobody else works beside it.
      await until('the slot waits', () => choreWaits({ node, issue }, 'is not shown'), 110_000)
      expect(await node.alive(issue)).toHaveLength(1)
      killNow(Number(plot.noted('child')))
    },
  },
]
