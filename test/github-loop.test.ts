/** The loop on GitHub from a label to a ring: real git, a real node, and the GitHub stand-in. */
import { describe, test } from 'vitest'

import { headline } from './github-loop-headline.ts'

describe.concurrent('an issue on GitHub', () => {
  test('labelled by somebody who may write is worked on, mended once, landed, closed, and rings once', () =>
    headline({}))
})
