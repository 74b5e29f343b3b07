import { expect, test } from 'vitest'

import { nextIn } from './link.ts'

test.each([
  [null, null],
  ['', null],
  ['<https://a.test/x?page=2>; rel="next"', 'https://a.test/x?page=2'],
  [
    '<https://a.test/1>; rel="prev", <https://a.test/3>; rel="next", <https://a.test/9>; rel="last"',
    'https://a.test/3',
  ],
  ['<https://a.test/x?labels=a,b&page=2>; rel="next"', 'https://a.test/x?labels=a,b&page=2'],
  ['<https://a.test/x>;rel=next', 'https://a.test/x'],
  ['<https://a.test/x>; title="y"; rel="last next"', 'https://a.test/x'],
  ['<https://a.test/x>; rel="nextish"', null],
  ['<https://a.test/x>; rel="prev"; title="rel=next"', null],
  ['nonsense', null],
])('of %j the next page is %j', (link, next) => {
  expect(nextIn(link)).toBe(next)
})
