import { describe, expect, test } from 'vitest'

import { type GithubStanding, githubView } from './github-view.ts'

function standing(wish: Partial<GithubStanding>): GithubStanding {
  return {
    host: 'api.github.com',
    repositories: 200,
    pointsPerMinute: 600,
    waiting: 0,
    queueMs: 0,
    limitedUntil: null,
    refused: null,
    everyMs: 30_000,
    wantedMs: 30_000,
    ...wish,
  }
}

const limitedUntil = Date.parse('2026-11-24T14:02:11Z')
const refused = 'GitHub refuses the token with 401: Bad credentials'
const busy = { waiting: 620, queueMs: 62_000 }
const turn = 'for their turn (600 points a minute)'

describe('a client of GitHub whose', () => {
  test.each([
    ['requests go out at once', {}, null],
    ['repositories were not looked at yet', { everyMs: null }, null],
    ['requests wait for moments', { waiting: 30, queueMs: 4_999 }, null],
    ['requests wait for long', { waiting: 50, queueMs: 5_000 }, `requests wait 5 s ${turn}`],
    [
      'repositories are looked at less often than they should be',
      { ...busy, everyMs: 74_200 },
      `200 repositories are looked at every 74 s instead of every 30 s: requests wait ${turn}`,
    ],
    [
      'one repository is',
      { ...busy, repositories: 1, everyMs: 900, wantedMs: 200 },
      `1 repository is looked at every 0.9 s instead of every 0.2 s: requests wait ${turn}`,
    ],
    [
      'repositories are looked at a little less often',
      { ...busy, everyMs: 37_500 },
      `requests wait 62 s ${turn}`,
    ],
    [
      'repositories are looked at less often, and not because anything waits',
      { everyMs: 600_000 },
      null,
    ],
    ['token GitHub refuses', { ...busy, refused }, refused],
    [
      'requests GitHub wants to hear nothing of',
      { ...busy, everyMs: 74_200, limitedUntil },
      'wants to hear nothing until 2026-11-24T14:02:11.000Z',
    ],
  ] as const)('%s says so, or nothing', (_, wish, says) => {
    expect(githubView(standing(wish)).says).toBe(says)
  })

  test('numbers are told as they are, in whole milliseconds', () => {
    expect(githubView(standing({ ...busy, everyMs: 74_200.4, limitedUntil }))).toEqual({
      host: 'api.github.com',
      repositories: 200,
      waiting: 620,
      queueMs: 62_000,
      limitedUntil: '2026-11-24T14:02:11.000Z',
      refused: null,
      everyMs: 74_200,
      wantedMs: 30_000,
      says: 'wants to hear nothing until 2026-11-24T14:02:11.000Z',
    })
  })
})
