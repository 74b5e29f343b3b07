/** The pull requests of `octo/infra` as AFK asks for them, on the stand-in; a test moves their clock. */
import { onTestFinished } from 'vitest'

import { systemClock } from '../src/clock.ts'
import { githubClient } from '../src/github/client.ts'
import { githubPulls } from '../src/landing/github/pulls.ts'
import { open } from './github/open.ts'
import { manualClock } from './manual-clock.ts'

type Wish = {
  readonly repo?: string
  readonly merges?: 'human' | 'auto'
  readonly baseUrl?: string
  /** Its id: the token is an App's. */
  readonly app?: number
}

/** `branch`: where work lands. */
export async function pullsGround({ branch = 'main' } = {}) {
  const opened = await open()
  const { github, repository } = opened
  const base = repository.push(branch)
  const clock = manualClock()
  function by(token: string, wish: Wish = {}) {
    const { repo = 'octo/infra', merges = 'auto', baseUrl = github.url, app } = wish
    const client = githubClient({
      baseUrl,
      token: () => token,
      ...(app !== undefined && { app }),
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
