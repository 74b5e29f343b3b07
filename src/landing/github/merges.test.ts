/** What one list of GitHub's tells of many branches: on the stand-in, and as it may be cut. */
import { expect, test } from 'vitest'

import { pullsGround } from '../../../test/github-pulls-ground.ts'
import { merges } from './merges.ts'

const open = { request: { number: 1, url: '' }, head: '', is: 'open' } as const
const commit = 'a'.repeat(40)
const names = (count: number, from = 1) =>
  Array.from({ length: count }, (_, index) => `afk/${from + index}`)

/** A list of GitHub's, newest first, as it is from then on. */
function listing() {
  let rows: readonly object[] = []
  const closed = merges({
    base: 'main',
    at: (below) => below,
    client: {
      get: async () => rows.slice(0, 30),
      all: () => Promise.reject(new Error('nobody asks for more')),
    },
  })
  return {
    ...closed,
    closes(branch: string, at: number, wish: { merged?: boolean; fork?: boolean } = {}) {
      const { merged = true, fork = false } = wish
      const row = {
        number: at,
        html_url: `https://forge.test/${at}`,
        state: 'closed',
        merged_at: merged ? 'then' : null,
        merge_commit_sha: commit,
        updated_at: new Date(at * 1_000).toISOString(),
        head: { ref: branch, sha: commit, repo: { id: fork ? 2 : 1 } },
        base: { ref: 'main', sha: commit, repo: { id: 1 } },
      }
      rows = [row, ...rows]
    },
  }
}

test('twenty offers that wait cost one request a look, and none of their own', async () => {
  const { pulls, repository, bot, asked, fresh } = await pullsGround()
  const branches = names(20)
  for (const head of branches) {
    repository.push(head)
    repository.pull({ head, by: bot })
  }
  for (let look = 0; look < 3; look++) {
    fresh()
    expect(await pulls.mayBeMerged(branches)).toEqual([])
  }
  expect(asked('GET')).toEqual(Array.from({ length: 3 }, () => '/pulls'))
})

test('after a start each is read where the list may lack it, and then only what the list shows', async () => {
  const { among, read, closes } = listing()
  for (let at = 1; at <= 40; at++) closes(`of-others/${at}`, at)
  expect(await among(['afk/1', 'afk/2'])).toEqual(['afk/1', 'afk/2'])
  read('afk/1', open)
  expect(await among(['afk/1', 'afk/2'])).toEqual(['afk/2'])
  read('afk/2', null)
  expect(await among(['afk/1', 'afk/2'])).toEqual([])
  closes('afk/2', 41)
  expect(await among(['afk/1', 'afk/2'])).toEqual(['afk/2'])
})

test('each is read anew where more was closed than the list has', async () => {
  const { among, read, closes } = listing()
  for (let at = 1; at <= 40; at++) closes(`of-others/${at}`, at)
  await among(['afk/1'])
  read('afk/1', open)
  for (let at = 41; at <= 68; at++) closes(`of-others/${at}`, at)
  expect(await among(['afk/1'])).toEqual([])
  for (let at = 69; at <= 98; at++) closes(`of-others/${at}`, at)
  expect(await among(['afk/1'])).toEqual(['afk/1'])
})

test('what was merged and could not be followed is named, also once the list has it no more', async () => {
  const { among, read, closes } = listing()
  closes('afk/1', 1)
  for (let at = 2; at <= 31; at++) closes(`of-others/${at}`, at)
  for (let look = 0; look < 2; look++) {
    expect(await among(['afk/1'])).toEqual(['afk/1'])
    read('afk/1', { ...open, is: 'merged', commit })
  }
})

test('what was closed without a merge, or comes from a fork, is not named', async () => {
  const { among, closes } = listing()
  closes('afk/1', 1, { merged: false })
  closes('afk/2', 2, { fork: true })
  closes('afk/3', 3)
  expect(await among(names(3))).toEqual(['afk/3'])
})

test('what waits no more is forgotten', async () => {
  const { among, read, closes } = listing()
  for (let at = 1; at <= 40; at++) closes(`of-others/${at}`, at)
  await among(['afk/1'])
  read('afk/1', open)
  await among([])
  expect(await among(['afk/1'])).toEqual(['afk/1'])
})
