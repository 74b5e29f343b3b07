/** Whether a pull request cannot be merged because of what its branch and the landing branch both change. */
import * as z from 'zod'

import type { GithubReader } from '../../github/client.ts'
import { understood } from '../../github/understood.ts'

const Full = z.object({
  state: z.string(),
  /** Null: GitHub reckons it yet. */
  mergeable: z.boolean().nullable(),
  head: z.object({ sha: z.string() }),
})

/** `head`: of another nothing is said. @throws {GithubError} if it cannot be asked. */
export async function isConflicting(
  client: GithubReader,
  path: string,
  head: string,
): Promise<boolean> {
  const pull = understood(Full, await client.get(path), 'for a pull request')
  return pull.state === 'open' && pull.mergeable === false && pull.head.sha === head
}
