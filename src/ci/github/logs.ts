/**
 * What failing checks have to say: the last lines of a job's log, else what its app wrote of it.
 *
 * A log that cannot be had is no failure: then what the check says of itself stands, else where to look. Only a
 * GitHub that limits us, or refuses the token, is asked again before anything is made of it. The lines are shared by the checks, and 200 lines of 32 KiB are the most there are.
 */
import { plain } from '../../doorbell/text.ts'
import type { GithubClient } from '../../github/client.ts'
import { GithubError } from '../../github/github-error.ts'
import { lastLines } from '../last-lines.ts'
import type { OneCheck } from './as-checks.ts'

export type LogParts = {
  readonly client: GithubClient
  readonly at: (below: string) => string
}

const mostChecks = 5
const mostLines = 200
const mostCharacters = 30_000
const tailBytes = 256 * 1024

/** @throws {GithubError} where GitHub limits us, or refuses the token. */
export async function logsOf(failing: readonly OneCheck[], parts: LogParts): Promise<string> {
  const inOrder = failing.toSorted((one, other) => (one.name < other.name ? -1 : 1))
  const shown = inOrder.slice(0, mostChecks)
  const [only] = shown
  if (only === undefined) return ''
  if (shown.length === 1) return lastLines(await saidBy(only, parts))
  // A heading and a blank line each.
  const lines = Math.floor(mostLines / shown.length) - 2
  const share = Math.floor(mostCharacters / shown.length)
  const texts: string[] = []
  for (const check of shown) {
    const text = plain(await saidBy(check, parts))
      .trimEnd()
      .split('\n')
      .slice(-lines)
      .join('\n')
    texts.push(`== ${plain(check.name)}\n${text.slice(-share)}`)
  }
  return lastLines(texts.join('\n\n'))
}

async function saidBy({ name, url, from }: OneCheck, parts: LogParts): Promise<string> {
  const where = url === null ? '' : ` See ${url}`
  const nothing = `${name} failed, and there is no log of it.${where}`
  switch (from.type) {
    case 'check-run': {
      const log = from.run.app?.slug === 'github-actions' ? await jobLog(from.run.id, parts) : null
      const { title, summary, text } = from.run.output ?? {}
      const said = [title, summary, text].filter((each) => each != null && each !== '')
      const found = [log ?? '', said.join('\n\n')].find((each) => each.trim() !== '')
      return found ?? nothing
    }
    case 'status':
      return from.status.description ?? nothing
    case 'workflow': {
      const mistake = 'The workflow did not start: its file may have a mistake.'
      return from.run.conclusion === 'startup_failure' ? `${mistake}${where}` : nothing
    }
  }
}

/** The id of a job is that of its check run. Null: it cannot be had. */
async function jobLog(id: number, { client, at }: LogParts): Promise<string | null> {
  try {
    const text = await client.tail(at(`/actions/jobs/${id}/logs`), tailBytes)
    return text.replaceAll(/^\uFEFF?\d{4}-\d\d-\d\dT[\d:.]+Z /gm, '')
  } catch (error) {
    const isPassing = error instanceof GithubError && passing.includes(error.code)
    if (!(error instanceof GithubError) || isPassing) throw error
    return null
  }
}

/** What says nothing of a log, and holds for all that is asked. */
const passing: readonly string[] = ['limited', 'unauthorized']
