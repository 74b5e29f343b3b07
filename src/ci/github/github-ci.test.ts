import { describe, onTestFinished } from 'vitest'

import { type CiSide, ciContract } from '../../../test/ci.contract.ts'
import { open } from '../../../test/github/open.ts'
import { manualClock } from '../../../test/manual-clock.ts'
import { githubClient } from '../../github/client.ts'
import { githubCi } from './github-ci.ts'

describe('GitHub keeps the contract, where the required checks are known:', () => {
  ciContract(() => side(['test']))
})

describe('GitHub keeps the contract, where they are not:', () => {
  ciContract(() => side(null))
})

async function side(required: readonly string[] | null): Promise<CiSide> {
  const clock = manualClock(Date.parse('2026-11-24T10:00:00Z'))
  const { github, repository: repo, token } = await open({ now: clock.now })
  const client = githubClient({
    baseUrl: github.url,
    token: () => token,
    clock,
    pointsPerMinute: 1_000_000,
  })
  onTestFinished(() => client.close())
  const ci = githubCi({ repo: 'octo/infra', client, required, branch: 'main', clock })

  const pushed = (job: { readonly conclusion?: 'success' | 'failure'; readonly log?: string }) => {
    const commit = repo.push('main')
    const run = repo.workflowRun(commit, { jobs: [{ name: 'test', ...job }] })
    // As a webhook would; without one the second read is due by itself.
    if (required !== null) ci.hasten(commit)
    return { commit, run }
  }
  return {
    ci: {
      ...ci,
      async look(commit) {
        const verdict = await ci.look(commit)
        clock.advance(30_000)
        return verdict
      },
    },
    commitThat: async (end, log = '') =>
      pushed({ conclusion: end === 'passes' ? 'success' : 'failure', log }).commit,
    async commitThatWaits() {
      const { commit, run } = pushed({})
      return { commit, finish: async () => run.finish('success') }
    },
    now: clock.now,
    commitWithoutChecks: async () => repo.push('main'),
  }
}
