/** The pull requests of `octo/infra` as AFK asks for them, on the stand-in; a test moves their clock. */
import { onTestFinished } from 'vitest'

import { systemClock } from '../src/clock.ts'
import { githubClient } from '../src/github/client.ts'
import { githubPulls } from '../src/landing/github/pulls.ts'
import { open } from './github/open.ts'
import { manualClock } from './manual-clock.ts'

export type PullsGround = Awaited<ReturnType<typeof pullsGround>>

/** `branch`: where work lands. */
export async function pullsGround({ branch = 'main' } = {}) {
  const opened = await open()
  const { github, repository } = opened
  const base = repository.push(branch)
  const clock = manualClock()
  /** Whose token it is; the repository's owner and name. */
  function by(token: string, { repo = 'octo/infra', merges = 'auto' as const } = {}) {
    const client = githubClient({
      baseUrl: github.url,
      token: () => token,
      clock: systemClock,
      pointsPerMinute: 1_000_000,
      writeGapMs: 0,
    })
    onTestFinished(() => client.close())
    return githubPulls({ repo, client, branch, merges, clock })
  }
  return {
    ...opened,
    base,
    clock,
    by,
    pulls: by(opened.token),
    /** What was heard before is too old. */
    fresh: () => clock.advance(10_001),
    /** What it was asked, as `GET /pulls`; without queries. */
    asked: (method: string) =>
      github.requests.flatMap((each) =>
        each.method === method ? [each.path.replace('/repos/octo/infra', '').split('?')[0]] : [],
      ),
  }
}
