/** All runs that a node has, page by page: those under way, or every one. */
import type { z } from 'zod'

import type { RunPageView } from '../server/run-schemas.ts'
import { ask } from './api.ts'
import type { Io } from './command.ts'

type Page = z.infer<typeof RunPageView>

export async function everyRun(io: Io, { isLive }: { isLive: boolean }): Promise<Page['runs']> {
  const found: Page['runs'] = []
  let cursor = ''
  do {
    const path = `/v1/runs?limit=200${isLive ? '&live=true' : ''}${cursor && `&cursor=${cursor}`}`
    const page: Page = await ask(io, { method: 'GET', path })
    found.push(...page.runs)
    cursor = page.next ?? ''
  } while (cursor !== '')
  return found
}
