import { expect, test } from 'vitest'

import { servedBell } from '../../test/served-bell.ts'
import type { GithubStanding } from '../server/github-view.ts'

const calm: GithubStanding = {
  host: 'api.github.com',
  repositories: 200,
  pointsPerMinute: 600,
  waiting: 0,
  queueMs: 0,
  limitedUntil: null,
  refused: null,
  everyMs: 30_000,
  wantedMs: 30_000,
}

/** The lines about GitHub. */
async function linesOf(...standings: readonly GithubStanding[]) {
  const { afk } = await servedBell({ github: () => standings })
  const { code, out } = await afk('status')
  expect(code).toBe(0)
  return out.split('\n').filter((line) => line.startsWith('github'))
}

test('a GitHub that keeps nobody waiting is no line', async () => {
  expect(await linesOf(calm)).toEqual([])
})

test('an interval that is longer than it should be is one line, for each token', async () => {
  const late = { ...calm, waiting: 620, queueMs: 62_000, everyMs: 74_000 }
  const says = (those: string) =>
    `${those} looked at every 74 s instead of every 30 s: requests wait for their turn (600 points a minute)`
  expect(await linesOf(late, calm, { ...late, host: 'ghe.test', repositories: 1 })).toEqual([
    `github   api.github.com: ${says('200 repositories are')}`,
    `github   ghe.test: ${says('1 repository is')}`,
  ])
})

test('a token that GitHub refuses is said to be refused', async () => {
  const refused = 'GitHub refuses the token with 401: Bad credentials'
  expect(await linesOf({ ...calm, refused })).toEqual([`github   api.github.com: ${refused}`])
})

test('a GitHub that wants to hear nothing says until when, by the clock of whoever reads it', async () => {
  const limitedUntil = Date.now() + 60_000
  const at = new Date(limitedUntil).toTimeString().slice(0, 8)
  const [line] = await linesOf({ ...calm, limitedUntil })
  // It may be tomorrow by then.
  expect(line).toMatch(
    new RegExp(`^github {3}api\\.github\\.com wants to hear nothing until (?:\\S+ )?${at}$`),
  )
})
