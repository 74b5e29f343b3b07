/** GitHub's CI over its stand-in: a commit of a private repository, and time that a test moves. */
import { expect, onTestFinished } from 'vitest'

import { githubCi } from '../../src/ci/github/github-ci.ts'
import { githubClient } from '../../src/github/client.ts'
import { manualClock } from '../manual-clock.ts'
import type { Permissions } from './model.ts'
import { open } from './open.ts'

export type CiGroundOptions = {
  readonly required?: readonly string[] | null
  readonly permissions?: Permissions
  /** Default: as many as anybody could want. */
  readonly pointsPerMinute?: number
}

export async function ciGround(options: CiGroundOptions = {}) {
  const { required = null, permissions, pointsPerMinute = 1_000_000 } = options
  const clock = manualClock(Date.parse('2026-11-24T10:00:00Z'))
  const { github, world, repository: repo, bot } = await open({ now: clock.now })
  repo.record.isPrivate = true
  const token = world.token(bot, permissions === undefined ? {} : { permissions })
  const client = githubClient({
    baseUrl: github.url,
    token: () => token,
    clock,
    pointsPerMinute,
  })
  onTestFinished(() => client.close())
  const ci = githubCi({ repo: 'octo/infra', client, required, branch: 'main', clock })
  const commit = repo.push('main')
  /** What it says in the end, after as many reads as it takes. */
  const look = async () => {
    const first = await ci.look(commit)
    clock.advance(30_000)
    const second = await ci.look(commit)
    clock.advance(30_000)
    if (required !== null && required.length > 0) expect(second).toEqual(first)
    return second
  }
  const asked = (what: RegExp) =>
    github.requests.filter(({ method, path }) => what.test(`${method} ${path}`))
  return { clock, github, world, repo, bot, token, client, ci, commit, look, asked }
}
