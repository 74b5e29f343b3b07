/**
 * Whether the page of a run's thread shows it now, by whoever runs the agents of its repository.
 *
 * T3 Code sends whoever opens a thread that is archived, deleted or unknown to its start page, so it is asked. Of an
 * executor that cannot be asked, the owner's word counts: links lead where threads live. A T3 Code server that does
 * not answer shows nothing, and so does a repository's that is not enrolled any more.
 */
import { enrolled } from '../config/enrolled.ts'
import type { Config } from '../config/schema.ts'
import type { Run } from '../run/run.ts'
import { T3Error } from '../t3/t3-error.ts'
import type { T3Clients } from './t3.ts'

export type LandsAt = (run: Pick<Run, 'issue' | 'threadId' | 'environmentId'>) => Promise<boolean>

export function threadPages({ loop }: Config, t3: Pick<T3Clients, 'for'>): LandsAt {
  const executors = new Map(enrolled(loop).repos.map(({ name, executor }) => [name, executor]))
  return async ({ issue, threadId, environmentId }) => {
    const executor = executors.get(issue.repo)
    // An environment is T3 Code's alone.
    if (executor === undefined) return environmentId === null
    if (executor.type !== 't3') return true
    try {
      return (await t3.for(executor).fleet()).row(threadId) !== null
    } catch (error) {
      if (error instanceof T3Error) return false
      throw error
    }
  }
}
