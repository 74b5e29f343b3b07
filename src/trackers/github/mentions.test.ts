import { expect, test } from 'vitest'

import { mentionsIn } from './mentions.ts'

const named = (body: string) =>
  mentionsIn(body).map(({ repo, number }) => `${repo ?? ''}#${number}`)

test.each([
  ['Blocked by #12', ['#12']],
  ['blocked by: #12, #13 and octo/lib#4.', ['#12', '#13', 'octo/lib#4']],
  ['- [ ] Blocked by #12\n* **Depends on** #13', ['#12', '#13']],
  ['> Blocked by #12', ['#12']],
  ['Blocked by https://github.com/octo/lib/issues/4', ['octo/lib#4']],
  ['Blocked by #12 and #12', ['#12']],
  ['one\r\nBlocked by #12\r\ntwo', ['#12']],
  ['This is not blocked by #12', []],
  ['Blocked bye #12', []],
  ['Blocked by a thing.\n\n#12', []],
  ['Blocked by #1234567890', []],
  ['Blocked by a/b/c#5', []],
  ['', []],
])('%j names %j', (body, mentions) => {
  expect(named(body)).toEqual(mentions)
})

test('a long text of a stranger is read in no time', () => {
  const body = `Blocked by ${'#'.repeat(30_000)}${'a-'.repeat(15_000)}\n`.repeat(2)
  const startAt = performance.now()
  mentionsIn(body)
  expect(performance.now() - startAt).toBeLessThan(1_000)
})
