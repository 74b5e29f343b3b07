/** The loop on GitHub from a label to a phone: as in `test/github-loop.test.ts`, with a real ntfy as the channel. */
import { describe, test } from 'vitest'

import { headline } from '../github-loop-headline.ts'
import { pullHeadline } from '../github-loop-pull-headline.ts'
import { ntfyBinary, ntfyServer } from '../ntfy-server.ts'

const isMissing = ntfyBinary() === null
const name = isMissing
  ? 'skipped: no ntfy >= 2.16 (scripts/fetch-ntfy.sh)'
  : 'an issue on GitHub, and a real ntfy server'

describe.skipIf(isMissing)(`${name}`, () => {
  test('labelled by somebody who may write lands, is closed, and rings the phone once', async () =>
    headline({ phone: await ntfyServer() }))

  test('whose pull request a person merges rings the phone for them, and once more when it has landed', async () =>
    pullHeadline({ phone: await ntfyServer() }))
})
