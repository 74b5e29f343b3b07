/** The loop with its agents in T3 Code, to a phone: as in `test/t3-loop.test.ts`, with a real ntfy as the channel. */
import { describe, test } from 'vitest'

import { ntfyBinary, ntfyServer } from '../ntfy-server.ts'
import { answered, mended } from '../t3-loop-headline.ts'

const isMissing = ntfyBinary() === null
const name = isMissing
  ? 'skipped: no ntfy >= 2.16 (scripts/fetch-ntfy.sh)'
  : 'an issue whose agent works in T3 Code, and a real ntfy server'

describe.skipIf(isMissing)(`${name}`, () => {
  test('goes red, is mended in the same thread, lands, and rings the phone with the thread’s page', async () =>
    mended({ phone: await ntfyServer() }))

  test('is asked about in its thread, goes on once that is answered there, lands, and rings anew', async () =>
    answered({ phone: await ntfyServer() }))
})
