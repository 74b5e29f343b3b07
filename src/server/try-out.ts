/**
 * Tries the parts of each enrolled repository, side by side, and says what came of each.
 *
 * They are opened when somebody asks and closed when all have answered: until then nothing of a repository is
 * read, where no loop has it open. What gives no answer within twenty seconds is a bad finding, and whoever
 * asked has the rest.
 */
import type { z } from 'zod'

import type { Clock } from '../clock.ts'
import { bad, type Finding } from '../doorbell/finding.ts'
import { GithubError } from '../github/github-error.ts'
import { LandingError } from '../landing/landing-error.ts'
import type { Repository } from '../loop/repository.ts'
import type { FindingView } from './schemas.ts'

/** Throws where the configuration makes none of them. */
export type OpenRepositories = () => {
  readonly repositories: ReadonlyMap<string, Repository>
  close(): Promise<void>
}

type View = z.infer<typeof FindingView>

/** Before a client of the API loses patience. */
const patienceMs = 20_000

export async function tryRepositories(
  open: OpenRepositories,
  clock: Clock,
): Promise<readonly View[]> {
  const opened = orFinding(open)
  if ('type' in opened) return [findingView('loop.repos', opened)]
  try {
    const tried = [...opened.repositories.values()].flatMap(partsOf).map(async ([about, check]) => {
      const findings = await inTime(check, clock)
      return findings.map((finding) => findingView(about, finding))
    })
    return (await Promise.all(tried)).flat()
  } finally {
    await opened.close()
  }
}

function orFinding(open: OpenRepositories): ReturnType<OpenRepositories> | Finding {
  try {
    return open()
  } catch (error) {
    const isKnown = [TypeError, GithubError, LandingError].some((kind) => error instanceof kind)
    if (!isKnown) throw error
    return bad((error as Error).message, 'correct loop.repos or loop.defaults')
  }
}

function partsOf({ name, labels, tracker, executor, ci, landing, pulls }: Repository) {
  const parts: Array<readonly [string, Promise<readonly Finding[]>]> = [
    [`${name} tracker`, tracker.check(labels)],
    [`${name} executor`, executor.check()],
    ...(ci === null ? [] : [[`${name} ci`, ci.check()] as const]),
    [`${name} landing`, landing.check()],
    ...(pulls === null ? [] : [[`${name} pull requests`, pulls.check()] as const]),
  ]
  return parts
}

export async function inTime(
  found: Promise<readonly Finding[]>,
  clock: Clock,
): Promise<readonly Finding[]> {
  const { promise: late, resolve } = Promise.withResolvers<readonly Finding[]>()
  const tooLate = bad(`no answer within ${patienceMs / 1_000} s`, 'see what it waits for')
  const callOff = clock.wakeAt(clock.now() + patienceMs, () => resolve([tooLate]))
  try {
    return await Promise.race([found, late])
  } finally {
    callOff()
  }
}

export function findingView(about: string, finding: Finding): View {
  const mend = finding.type === 'good' ? null : finding.mend
  return { about, type: finding.type, what: finding.what, mend }
}
