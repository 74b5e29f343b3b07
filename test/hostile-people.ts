/** What people do under a run, and what was wrong before it; each with how it must end. See `hostile-cases.ts`. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'

import type { Plot } from './hostile-ground.ts'
import type { Hostile, Stage } from './hostile-play.ts'
import { aFewLooks, itsOwnCommit, nothing, phaseOf } from './hostile-steps.ts'
import { until } from './until.ts'

/** What people do under a run, and before it. */
export const people: readonly Hostile[] = [
  {
    name: 'is-not-clean',
    does: 'land',
    verdict: 'done',
    before: soil,
    async afterwards(ended) {
      await itsOwnCommit(ended)
      expect(await stateOf(ended)).toBe(dirt.get(ended.plot.name))
    },
  },
  {
    name: 'loses-the-commit',
    does: 'land',
    verdict: nothing,
    settings: ({ evidence }) => {
      const judged = `until test -e ${join(evidence, 'judged')}; do sleep 0.1; done`
      return { ci: { type: 'command', argv: ['sh', '-c', judged] } }
    },
    async meanwhile({ plot, node, issue }) {
      await until(
        'it is checked',
        async () => (await phaseOf({ node, issue })) === 'checking',
        110_000,
      )
      await plot.remoteGit('update-ref refs/heads/main main~')
    },
    async afterEnd({ plot, run }) {
      expect(run.verdict!.commit).toBeNull()
      // Green, when nothing is left that could be.
      writeFileSync(join(plot.evidence, 'judged'), '')
    },
  },
]

/** What is wrong before anything began. */
export const faults: readonly Hostile[] = [
  {
    name: 'is-malformed',
    does: null,
    verdict: 'done',
    before: ({ path }) => writeFileSync(path(1), '---\nlabels: [[[\n---\n# No issue\n'),
    async meanwhile({ plot, node }) {
      const told = () => node.told('issue-faulty', plot.name)
      await until('it is told', () => told().length > 0)
      plot.file(3, 'land')
      await node.hasEnded(`${plot.name}#3`)
      expect(told()).toHaveLength(1)
      expect(await node.runsOf(`${plot.name}#1`)).toEqual([])
      plot.file(1, 'land')
    },
    afterwards: itsOwnCommit,
  },
  {
    name: 'has-no-folder',
    does: null,
    verdict: 'done',
    before: ({ issues }) => rmSync(issues, { recursive: true }),
    async meanwhile({ plot, node }) {
      await aFewLooks(plot, node)
      mkdirSync(plot.issues)
      plot.file(1, 'land')
    },
    afterwards: itsOwnCommit,
  },
  {
    name: 'has-no-clone',
    does: 'land',
    verdict: 'needs-human: dispatch-failed',
    before: ({ clone }) => renameSync(clone, `${clone}.away`),
    afterEnd: async ({ plot: { clone } }) => renameSync(`${clone}.away`, clone),
  },
  {
    name: 'has-no-remote',
    does: 'land',
    verdict: 'done',
    before: ({ remote }) => renameSync(remote, `${remote}.away`),
    async meanwhile({ plot, node, issue }) {
      // What waits for a remote has a limit, too, and shows since when.
      await until('it shows that it waits', async () => {
        const [run] = await node.runsOf(issue)
        return typeof run?.unreachableSince === 'string'
      })
      renameSync(`${plot.remote}.away`, plot.remote)
    },
    afterwards: itsOwnCommit,
  },
]

const dirt = new Map<string, string>()

/** The owner is in the middle of something, on a branch of their own. */
async function soil(plot: Plot) {
  const { git, clone } = plot
  await git('checkout -q -b mine')
  writeFileSync(join(clone, 'README.md'), 'stashed\n')
  await git('stash -q')
  writeFileSync(join(clone, 'staged.txt'), 'staged\n')
  await git('add staged.txt')
  writeFileSync(join(clone, 'README.md'), 'changed\n')
  writeFileSync(join(clone, 'untracked.txt'), 'untracked\n')
  dirt.set(plot.name, await stateOf({ plot }))
}

async function stateOf({ plot: { git } }: Pick<Stage, 'plot'>) {
  const asked = ['symbolic-ref HEAD', 'rev-parse HEAD', 'status --porcelain', 'diff HEAD']
  const said: string[] = []
  for (const each of [...asked, 'stash list']) said.push(await git(each))
  return said.join('\n')
}
