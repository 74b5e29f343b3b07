/**
 * A whole node in this process, armed for repositories whose agents mean harm; and what it tells.
 *
 * It is what `afk up` runs: a parsed configuration, a store on disk, HTTP on loopback, real processes.
 */
import { startNode } from '../src/app.ts'
import { parseConfig } from '../src/config/load.ts'
import { processes } from '../src/executors/command/processes.ts'
import type { LogEvent } from '../src/log.ts'
import { AGENT, author, type Plot } from './hostile-ground.ts'
import { until } from './until.ts'

export type HostileNode = Awaited<ReturnType<typeof hostileNode>>

export type Enrolment = { readonly plot: Plot; readonly settings?: object }

/** What of the API's run this file's readers need. */
export type RunSeen = {
  readonly id: string
  readonly phase: string
  readonly unreachableSince: string | null
  readonly pushed: { readonly commit: string } | null
  readonly verdict: {
    readonly kind: string
    readonly cause: string | null
    readonly commit: string | null
    readonly detail: string | null
  } | null
  readonly chores: ReadonlyArray<{ kind: string; state: string; detail: string | null }>
}

export type RingSeen = { readonly kind: string; readonly issueRef: string; readonly body: string }

const token = 'hostile-operator-token'
const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }

export async function hostileNode(store: string, enrolments: readonly Enrolment[]) {
  const plots = new Map(enrolments.map(({ plot }) => [plot.name, plot]))
  const events: LogEvent[] = []
  /** Who of the agents before was alive when a run of this issue was queued. */
  const survivors = new Map<string, Promise<readonly number[]>>()
  const node = await startNode(configOf(store, enrolments), {
    isAttended: true,
    log(event) {
      events.push(event)
      if (event.event === 'run-queued') survivors.set(event.issue, alive(event.issue))
    },
  })

  async function alive(issue: string) {
    const pids = plots.get(issue.split('#')[0]!)?.pids() ?? []
    const all = await processes()
    return all.flatMap(({ pid, isDead }) => (pids.includes(pid) && !isDead ? [pid] : []))
  }

  async function get<T>(path: string): Promise<T> {
    const answer = await fetch(`${node.url}${path}`, { headers })
    if (!answer.ok) throw new Error(`${path} was answered ${answer.status}`)
    return (await answer.json()) as T
  }

  const endsOf = (issue: string) =>
    events.flatMap((each) => (each.event === 'run-ended' && each.issue === issue ? [each] : []))

  return {
    ...{ url: node.url, stop: node.stop, events, survivors, alive, endsOf },

    async post(path: string, body: object): Promise<number> {
      const answer = await fetch(`${node.url}${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      })
      return answer.status
    },

    /** Newest first. */
    async runsOf(issue: string): Promise<readonly RunSeen[]> {
      const { runs } = await get<Listed>('/v1/runs?limit=200')
      const mine = runs.filter(({ issueRef }) => issueRef === issue)
      return Promise.all(mine.map(({ id }) => get<RunSeen>(`/v1/runs/${id}`)))
    },

    async ringsOf(issue: string): Promise<readonly RingSeen[]> {
      const { rings } = await get<{ rings: ReadonlyArray<{ id: string; issueRef: string }> }>(
        '/v1/rings?limit=200',
      )
      const mine = rings.filter(({ issueRef }) => issueRef === issue)
      return Promise.all(mine.map(({ id }) => get<RingSeen>(`/v1/rings/${id}`)))
    },

    /** What it told of one kind, about this repository. */
    told: (event: 'look-failed' | 'issue-faulty', repo: string) =>
      events.flatMap((each) => (each.event === event && each.repo === repo ? [each.detail] : [])),

    hasEnded: (issue: string, times = 1, withinMs = 110_000) =>
      until(`${issue} has ended`, () => endsOf(issue).length >= times, withinMs),
  }
}

type Listed = { readonly runs: ReadonlyArray<{ id: string; issueRef: string }> }

function configOf(path: string, enrolments: readonly Enrolment[]) {
  const repos = enrolments.map(({ plot, settings = {} }) => [
    plot.name,
    { path: plot.clone, tracker: { type: 'files', path: plot.issues }, ...settings },
  ])
  const tree = {
    listen: '127.0.0.1:0',
    store: { type: 'sqlite', path },
    tokens: { operator: token },
    channels: { terminal: { type: 'terminal' } },
    loop: {
      killSwitch: false,
      pollEvery: '500ms',
      defaults: {
        executor: { type: 'command', argv: [process.execPath, AGENT], stdin: true, env: author },
        ci: { type: 'command', argv: ['sh', '-c', 'ls work-*.txt'] },
        landing: 'push',
        limits: { fixForwardAttempts: 1 },
      },
      repos: Object.fromEntries(repos),
    },
  }
  return parseConfig(JSON.stringify(tree), { file: null, env: {} })
}
