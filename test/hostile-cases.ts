/**
 * What agents do that mean harm, or break, and how each must end: docs/verdict.md, as a table.
 *
 * The agent's own deeds stand in `hostile-agent.mjs`. A case that says nothing more ends as it says, rings
 * once where its verdict rings, and leaves nobody alive when the next run of its repository begins.
 */
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'

import { faults, people } from './hostile-people.ts'
import type { Hostile } from './hostile-play.ts'
import { expectPlain, itsOwnCommit, landByHand, nothing } from './hostile-steps.ts'
import { endless, tampering } from './hostile-tampering.ts'
import { until } from './until.ts'

/** What it says of its work. */
const claims: readonly Hostile[] = [
  { name: 'pushes-elsewhere', does: 'push elsewhere', verdict: nothing },
  { name: 'lies', does: 'lie', verdict: nothing },
  { name: 'names-an-old-commit', does: 'name an old commit', verdict: nothing },
  { name: 'signs-as-another-run', does: 'sign as another run', verdict: nothing },
  {
    name: 'lands-after-another',
    does: 'land after another',
    verdict: 'done',
    meanwhile: landByHand,
    afterwards: itsOwnCommit,
  },
  {
    name: 'takes-anothers-work',
    does: 'take the work of another',
    verdict: nothing,
    meanwhile: landByHand,
  },
  {
    name: 'drives-the-terminal',
    does: 'drive the terminal',
    verdict: nothing,
    afterwards: async ({ rings }) => expectPlain(rings[0]!.body),
  },
  {
    name: 'asks-with-markup',
    does: 'ask with markup',
    verdict: 'needs-human: question',
    async afterwards({ rings }) {
      expectPlain(rings[0]!.body)
      expect(rings[0]!.body).toContain('It asks: which colour')
    },
  },
]

/** What it does to its issue, or asks of the node. */
const trespasses: readonly Hostile[] = [
  {
    name: 'closes-its-issue',
    does: 'close the issue',
    verdict: 'withdrawn',
    async afterwards({ plot }) {
      expect(readFileSync(plot.path(1), 'utf8')).toContain('state: closed')
    },
  },
  { name: 'closes-it-with-a-lie', does: 'close it with a false commit', verdict: nothing },
  {
    name: 'spoils-its-issue',
    does: 'spoil the issue',
    verdict: nothing,
    async afterEnd({ plot, node, issue }) {
      await until('the chore waits', async () => {
        const [run] = await node.runsOf(issue)
        return run!.chores.some(({ detail }) => detail?.includes('0001-an-issue.md') === true)
      })
      plot.edit(1, (text) => text.replace('labels: [[[\n', ''))
    },
    async afterwards({ plot }) {
      expect(readFileSync(plot.path(1), 'utf8')).toContain('ready-for-human')
    },
  },
  {
    name: 'rings-by-itself',
    does: 'ring by itself',
    verdict: nothing,
    order: ({ node }) => ({ node: node.url }),
    async afterwards({ plot, rings, issue }) {
      const statuses = JSON.parse(plot.noted('statuses')!) as readonly number[]
      expect(statuses).toEqual(Array.from({ length: 16 }, () => 401))
      expect(rings).toMatchObject([{ kind: 'needs-human', issueRef: issue }])
      const environment = plot.noted('environment')!
      expect(environment).toContain('AFK_RUN=')
      expect(environment).not.toMatch(/AFK_OPERATOR_TOKEN|hostile-operator|planted-secret/)
    },
  },
]

/** What would hold up whoever comes next. */
const burdens: readonly Hostile[] = [
  {
    name: 'lands-a-bad-order',
    does: 'land an order that nobody can follow',
    verdict: 'done',
    async afterEnd({ plot, node }) {
      const next = `${plot.name}#3`
      plot.file(3, 'land')
      await node.hasEnded(next)
      await plot.landByHand('.afk/implement.md', '{{issue}}\n')
      const landedAt = performance.now()
      // Looks at the remote are shared for a second: an older one still has the bad order.
      await until('no look is older', () => performance.now() > landedAt + 1_000)
      const [run] = await node.runsOf(next)
      expect(run!.verdict).toMatchObject({ kind: 'needs-human', cause: 'dispatch-failed' })
    },
    afterwards: itsOwnCommit,
  },
]

export const CASES = [
  ...claims,
  ...trespasses,
  ...tampering,
  ...endless,
  ...burdens,
  ...people,
  ...faults,
]
