/**
 * A loop's desk, gatekeeper and driver, the real ones, over a real store. The tracker, the executor and the landing
 * branch of the one repository, `infra`, are in memory. Nothing turns by itself: a test says what happens.
 */
import type { Clock } from '../src/clock.ts'
import { fingerprintOf, renderRing } from '../src/delivery/intake.ts'
import type { LinkOptions } from '../src/doorbell/link.ts'
import type { Executor, Kept } from '../src/executors/executor.ts'
import type { Landing } from '../src/landing/landing.ts'
import { desk } from '../src/loop/desk.ts'
import { type Driver, driver } from '../src/loop/driver.ts'
import { gatekeeper } from '../src/loop/gatekeeper.ts'
import { housekeeper } from '../src/loop/housekeeper.ts'
import type { Repository } from '../src/loop/repository.ts'
import type { RunEvent } from '../src/run/event.ts'
import { LIMITS } from '../src/run/limits.ts'
import type { Terminal } from '../src/run/run.ts'
import type { LoopRoutes } from '../src/server/runs.ts'
import type { Store } from '../src/store/store.ts'
import { TrackerError } from '../src/trackers/tracker-error.ts'
import type { TrackedIssue, Tracker } from '../src/trackers/tracker.ts'

export const labels = { ready: 'ready', inProgress: 'in-progress', human: 'human' }

type StandInParts = {
  readonly store: Store
  readonly clock: Clock
  readonly links: LinkOptions
  readonly wake: (channels: Iterable<string>) => void
  /** Undefined: the loop is disarmed. */
  readonly issues: readonly TrackedIssue[] | undefined
  /** The worktrees that the executor has kept, until they are removed. */
  readonly kept: Kept[]
}

export function standInLoop({ store, clock, links, wake, issues, kept }: StandInParts) {
  const repository = { ...repositoryOf(issues ?? []), executor: executor(kept) }
  const repositories = new Map([[repository.name, repository]])
  const driven = driver({
    runs: store,
    policyOf: (repo) => repositories.get(repo)?.policy,
    ringOf: (run) => ringOf(run, { links, clock }),
    rang: wake,
    owes: () => {},
    tell: () => {},
  })
  const gate = gatekeeper({ runs: store, isEnrolled: (repo) => repositories.has(repo) })
  const around = {
    runs: store,
    driver: driven,
    repositories,
    clock,
    tell: () => {},
    wake: () => {},
  }
  const loop: LoopRoutes['loop'] = {
    desk: issues === undefined ? null : desk({ ...around, gatekeeper: gate }),
    housekeeper: issues === undefined ? null : housekeeper({ ...around, days: 30, tell: () => {} }),
    runs: store,
    pause: (scope, by) => store.pause({ scope, at: clock.now(), by }),
    resume: (scope) => store.resume(scope),
    limitsOf: (repo) => repositories.get(repo)?.policy.limits,
  }
  return { loop, happen: happening(driven, clock) }
}

type Happening = RunEvent extends infer E ? (E extends unknown ? Omit<E, 'at'> : never) : never

/** Tells the driver that these happened to a run now, one after the other. */
export function happening(driven: Driver, clock: Clock) {
  return async (run: string, ...events: readonly Happening[]): Promise<void> => {
    for (const event of events) await driven.advance(run, { ...event, at: clock.now() } as RunEvent)
  }
}

/** An issue that may start, with a change of it. */
export function readyIssue(wish: Partial<TrackedIssue> = {}): TrackedIssue {
  return {
    number: 42,
    title: 'Make it work',
    body: '',
    url: 'https://tracker.test/infra/42',
    labels: [labels.ready],
    priority: null,
    blockedBy: [],
    isOpen: true,
    readyBy: 'ada',
    isTrusted: true,
    isEdited: false,
    isAuthorTrusted: true,
    digest: '0'.repeat(64),
    closedBy: null,
    ...wish,
  }
}

/** What a file that makes no sense is to a tracker. */
export const unreadable = 13

function repositoryOf(issues: readonly TrackedIssue[]): Omit<Repository, 'executor'> {
  return {
    name: 'infra',
    landingBranch: 'main',
    policy: { limits: LIMITS, ci: 'checks', merges: 'nobody' },
    labels,
    tracker: tracker(issues),
    landing,
    pulls: null,
    ci: null,
    prompts: { implement: async () => 'do it', fix: async () => 'mend it' },
  }
}

function tracker(issues: readonly TrackedIssue[]): Tracker {
  const known = new Map(issues.map((issue) => [issue.number, issue]))
  const change = (number: number, edit: (issue: TrackedIssue) => Partial<TrackedIssue>) => {
    const issue = known.get(number)
    if (issue === undefined) return 'gone'
    known.set(number, { ...issue, ...edit(issue) })
    return 'written'
  }
  return {
    lagMs: 0,
    async list(wanted) {
      const listed = [...known.values()].filter(
        ({ isOpen, labels: has }) => isOpen && has.some((label) => wanted.includes(label)),
      )
      return { issues: listed, faults: [] }
    },
    async read(number) {
      if (number === unreadable)
        throw new TrackerError('malformed', `issue ${number} has\nno title: give it one`)
      return known.get(number) ?? null
    },
    label: async (number, { add, remove }) =>
      change(number, ({ labels: has }) => ({
        labels: [...new Set([...has.filter((label) => !remove.includes(label)), ...add])],
      })),
    comment: async (number) => change(number, () => ({})),
    close: async (number) =>
      change(number, () => ({ isOpen: false, closedBy: { who: null, commit: null } })),
    reopen: async (number) => change(number, () => ({ isOpen: true, closedBy: null })),
    check: async () => [],
  }
}

/** Takes every turn, and never ends one. */
function executor(kept: Kept[]): Executor {
  return {
    ask: async ({ thread }) => ({ type: 'adopted', place: null, environment: null, thread }),
    look: async (turns) => turns.map((id) => ({ id, costUsd: null, type: 'running', seenAt: 0 })),
    interrupt: async () => true,
    async tidy(run, { discard } = { discard: false }) {
      const place = kept.find((each) => each.run === run)
      if (place === undefined) return { type: 'removed', left: [] }
      const { path, why, branch } = place
      if (why !== null && !discard) return { type: 'kept', path, why }
      kept.splice(kept.indexOf(place), 1)
      return { type: 'removed', left: why === null ? [] : [branch] }
    },
    visits: async () => [],
    find: async (thread) =>
      /^[0-9a-f-]{36}$/.test(thread)
        ? { branch: 'feature/42', place: '/srv/infra', turn: 'turn-1' }
        : null,
    places: async () => [...kept],
    check: async () => [],
    forget: async () => {},
    watch: () => () => {},
  }
}

const landing: Landing = {
  tip: async () => 'b'.repeat(40),
  pushedBy: async () => null,
  contains: async () => false,
  standing: async () => 'missing',
  read: async () => null,
  check: async () => [],
}

function ringOf(run: Terminal, around: { readonly links: LinkOptions; readonly clock: Clock }) {
  const request = {
    kind: run.state,
    issue: run.issue,
    threadId: run.threadId,
    detail: `${run.id} has ended`,
    link: null,
    key: `run:${run.id}`,
  }
  const ring = renderRing(request, 'loop', around)
  const fingerprint = fingerprintOf(request)
  return { ring, fingerprint, channels: ['phone'], dedupeForMs: Infinity }
}
