import { expect, test } from 'vitest'

import { remembered } from './remembered.ts'

const page = (value: string, { credential = 'mine', bytes = 10 } = {}) => ({
  etag: `"${value}"`,
  credential,
  value,
  next: null,
  bytes,
})

test('a page is remembered for its credential alone', () => {
  const known = remembered({ entries: 10, bytes: 1_000 })
  known.keep('/a', page('one'))
  expect(known.recall('/a', 'mine')?.value).toBe('one')
  expect(known.recall('/a', 'theirs')).toBeNull()
  expect(known.recall('/b', 'mine')).toBeNull()
})

test('what was not asked for the longest goes first', () => {
  const known = remembered({ entries: 2, bytes: 1_000 })
  known.keep('/a', page('a'))
  known.keep('/b', page('b'))
  known.recall('/a', 'mine')
  known.keep('/c', page('c'))
  const urls = ['/a', '/b', '/c'].filter((url) => known.recall(url, 'mine') !== null)
  expect(urls).toEqual(['/a', '/c'])
})

test('it holds so much text and no more', () => {
  const known = remembered({ entries: 100, bytes: 25 })
  for (const url of ['/a', '/b', '/c']) known.keep(url, page(url))
  known.keep('/c', page('again'))
  expect(known.recall('/a', 'mine')).toBeNull()
  expect(known.recall('/b', 'mine')?.value).toBe('/b')
  known.keep('/d', page('far too long', { bytes: 26 }))
  expect(known.recall('/d', 'mine')).toBeNull()
  expect(known.recall('/c', 'mine')?.value).toBe('again')
})
