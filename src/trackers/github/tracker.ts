/**
 * The issues of a GitHub repository as a tracker.
 *
 * Ready is what somebody labelled who may write here, about the text that is there now (`trust.ts`). What has
 * not changed is not asked for again, and a write that would change nothing is not sent. Labels compare as
 * GitHub compares them, without regard to case, and come back as they are spelled here. An issue that cannot
 * be understood is a fault of the listing, and so is a repository that has another name by now. A GitHub that
 * cannot be asked, or that limits us, throws `unreachable`; one that refuses the token, or does not show it the
 * repository, `misconfigured`: neither says anything about any issue.
 *
 * It never says `conflict`: a write of ours changes a label, our own comment or the state, and nothing of a
 * person's. A blocker in another repository stands as number 0 in `blockedBy`, and in words among the faults.
 */
import type { Clock } from '../../clock.ts'
import type { ApiCheck } from '../../github/check.ts'
import type { GithubClient } from '../../github/client.ts'
import { GithubError, type GithubErrorCode } from '../../github/github-error.ts'
import { inTurn } from '../../in-turn.ts'
import { TrackerError, type TrackerErrorCode } from '../tracker-error.ts'
import type { LabelChange, Tracker, Written } from '../tracker.ts'
import { checkIssues } from './check.ts'
import { type Closing, closingOf } from './closing.ts'
import { historyOf } from './history.ts'
import type { Happened } from './happened.ts'
import { oneIssue, openIssues } from './issues.ts'
import { ownComment } from './own-comment.ts'
import { permissions } from './permissions.ts'
import { type RawIssue, versionOf } from './raw-issue.ts'
import { renaming } from './renaming.ts'
import { type Repo, repoOf } from './repo.ts'
import { sinceChanged } from './since-changed.ts'
import { spellings } from './spellings.ts'
import { tracked, type Tracking } from './tracked.ts'
import { trusting } from './trust.ts'
import { addAndRemove } from './write-labels.ts'

export type GithubTrackerOptions = {
  /** `owner/name`. */
  readonly repo: string
  /** One for all repositories of a token. */
  readonly client: GithubClient
  readonly readyLabel: string
  /** Ids of accounts whose label counts whatever GitHub says of them: bots. */
  readonly owners?: readonly number[]
  /** What a doctor asks before the repository: the API itself, and the token. */
  readonly api?: () => Promise<ApiCheck>
  readonly clock: Clock
}

/**
 * @throws {TypeError} if `repo` is no `owner/name`.
 * @example githubTracker({ repo: 'octo/infra', client, readyLabel: 'ready-for-agent', clock })
 */
export function githubTracker(options: GithubTrackerOptions): Tracker {
  const { client, readyLabel, owners = [], api = unasked, clock } = options
  const repo = repoOf(options.repo, client)
  const spelled = spellings([readyLabel])
  const commenting = ownComment(repo)
  const renamed = renaming(repo, clock)
  const turn = inTurn()
  const tracking = trackingOf({ repo, readyLabel, owners, clock, spell: spelled.spell })

  const write = (number: number, change: (issue: RawIssue) => Promise<unknown>) =>
    asking(() => turn(() => written(number, change, repo)))

  return {
    lagMs: 10_000,
    list: (labels) =>
      asking(async () => {
        spelled.learn(labels)
        const wanted = [...new Set(labels)]
        const { issues, faults, isMoved } = await openIssues(wanted, repo)
        const all = await Promise.all(issues.map((issue) => tracked(issue, tracking)))
        const moved = isMoved ? await renamed() : []
        return {
          issues: all.map(({ issue }) => issue),
          faults: [...moved, ...faults, ...all.flatMap((each) => each.faults)],
        }
      }),
    read: (number) =>
      asking(async () => {
        const issue = await oneIssue(number, repo)
        return issue === null ? null : (await tracked(issue, tracking)).issue
      }),
    label: (number, change: LabelChange) => {
      spelled.learn([...change.add, ...change.remove])
      return write(number, (issue) => addAndRemove(issue, change, repo))
    },
    comment: (number, body) => write(number, () => commenting.say(number, body)),
    close: (number) => write(number, (issue) => changeState(issue, closed, repo)),
    reopen: (number) => write(number, (issue) => changeState(issue, open, repo)),
    check: (labels) => checkIssues({ repo, labels, api }),
  }
}

const unasked = async (): Promise<ApiCheck> => ({ findings: [], scopes: null })

type TrackingOptions = {
  readonly repo: Repo
  readonly readyLabel: string
  readonly owners: readonly number[]
  readonly clock: Clock
  readonly spell: (label: string) => string
}

function trackingOf({ repo, readyLabel, owners, clock, spell }: TrackingOptions): Tracking {
  const known = sinceChanged<readonly Happened[] | null>(clock, (events) => events !== null)
  const history = (issue: RawIssue) =>
    known(issue.number, versionOf(issue), () => historyOf(issue.number, repo))
  const may = permissions({ repo, owners, clock })
  const trust = trusting({ repo, readyLabel, permissions: may, historyOf: history, clock })
  const closed = sinceChanged<Closing | null>(clock, (how) => how !== null)
  // Asked anew: a history that does not tell of the close yet may be kept already.
  const closing = (issue: RawIssue) =>
    closed(issue.number, versionOf(issue), async () =>
      closingOf(issue, await historyOf(issue.number, repo), repo),
    )
  return { repo, spell, trust, closing }
}

/** The port's error for the client's. */
async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof GithubError)) throw error
    throw new TrackerError(codes[error.code], saidOf(error), { cause: error })
  }
}

const codes: Readonly<Record<GithubErrorCode, TrackerErrorCode>> = {
  unreachable: 'unreachable',
  limited: 'unreachable',
  unauthorized: 'misconfigured',
  forbidden: 'misconfigured',
  // That one issue is gone is no error: this is about the repository.
  gone: 'misconfigured',
  refused: 'unreachable',
}

function saidOf({ code, message }: GithubError): string {
  return code === 'gone' ? `${message}: it is not there for this token` : message
}

/** What goes between our look and our write is gone, too, if it is still gone at a second look. */
async function written(
  number: number,
  change: (issue: RawIssue) => Promise<unknown>,
  repo: Repo,
): Promise<Written> {
  const issue = await oneIssue(number, repo)
  if (issue === null) return 'gone'
  try {
    await change(issue)
    return 'written'
  } catch (error) {
    if (!(error instanceof GithubError) || error.code !== 'gone') throw error
    if ((await oneIssue(number, repo)) === null) return 'gone'
    throw error
  }
}

const closed = { state: 'closed', state_reason: 'completed' } as const
const open = { state: 'open' } as const

async function changeState(issue: RawIssue, to: typeof closed | typeof open, repo: Repo) {
  if (issue.state === to.state) return
  await repo.client.send('PATCH', repo.at(`/issues/${issue.number}`), to)
}
