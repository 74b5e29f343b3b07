import { expect, test } from 'vitest'

import { checkName } from './results.ts'

test.each([
  [['npm', 'test'], 'npm test'],
  [['/opt/node/bin/node', '--test'], 'node --test'],
  [['./ci/run', 'a\nb'], './ci/run a b'],
])('the check of %j is called %s', (argv, name) => {
  expect(checkName(argv)).toBe(name)
})
