/** The loop with its agents in T3 Code, end to end: real git, a real node, the stand-ins of GitHub and of T3. */
import { describe, test } from 'vitest'

import { answered, mended } from './t3-loop-headline.ts'

describe.concurrent('an issue whose agent works in T3 Code', () => {
  test('goes red, is mended in the same thread, lands, and rings with the thread’s page', () =>
    mended({}))

  test('is asked about in its thread, goes on once that is answered there, lands, and rings anew', () =>
    answered({}))
})
