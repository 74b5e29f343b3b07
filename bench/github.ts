/**
 * What a loop on GitHub asks of GitHub, and how soon it judges: so many runs, each in its repository, one token.
 *
 * Nodes side by side, each on a GitHub of its own. On one a few runs are in CI and the agents of all others
 * work. On the other all runs are in CI, which is more than a token has points for. Some checks end and nobody says
 * so, some with a webhook, and some in repositories that require no check, where two reads must agree. A third
 * node takes one run from its label to its end, alone.
 */
import { setTimeout as pause } from 'node:timers/promises'

import type { CheckRunHandle } from '../test/github/checks.ts'
import type { GithubRequest } from '../test/github/stand-in.ts'
import { gitLook } from './git-look.ts'
import { type Enrolled, type Ground, githubGround, untilSo } from './github-ground.ts'
import type { Stats } from './github-talk.ts'
import { median } from './load.ts'
import { costOf, pointsOf, worstMinuteOf } from './points.ts'
import { atMost, n, type Row } from './table.ts'

type Wish = {
  readonly runs: number
  /** So many by polling, by webhook, and by two reads. */
  readonly judged: Readonly<Record<keyof InCi, number>>
  /** How long they are spread over. */
  readonly seconds: number
}

/** Those whose checks end, by how the node learns of it. */
type InCi = Readonly<Record<'polled' | 'hooked' | 'twice', readonly Enrolled[]>>

export async function github({ runs, judged, seconds }: Wish): Promise<Row[]> {
  const [few, all, one] = await Promise.all([
    mixed({ runs, judged, seconds }),
    saturated({ runs, judged, seconds }),
    oneRun(),
  ])
  return [...mixedRows(few), ...saturatedRows(all), one, await gitLook()]
}

/** The agents of most work; a few are in CI. */
async function mixed({ runs, judged, seconds }: Wish) {
  const ground = await githubGround({ runs, unknown: judged.twice })
  const { repositories, node, requests } = ground
  await untilSo(() => repositories.every(({ name }) => requests.some(isPollOf(name))))
  await untilSo(async () => (await node.ask('stats', null)).github.queueMs === 0)
  const from = requests.length
  const beganAt = Date.now()
  const inCi = {
    polled: repositories.slice(0, judged.polled),
    hooked: repositories.slice(judged.polled, judged.polled + judged.hooked),
    twice: repositories.slice(runs - judged.twice),
  }
  const checks = new Map<Enrolled, CheckRunHandle>()
  for (const each of Object.values(inCi).flat()) checks.set(each, await ground.push(each))
  const waited = await judging(ground, { inCi, checks, seconds })
  const seen = { ...measured(ground, from, beganAt), ...(await node.ask('stats', null)), ...waited }
  // What is hastened is no interval.
  const quiet = repositories.slice(judged.polled + judged.hooked)
  const polls = quiet.flatMap(({ name }) => gapsOf(requests.filter(isPollOf(name)), beganAt))
  await ground.close()
  return { ...seen, runs, polls, count: judged.polled + judged.hooked + judged.twice }
}

/** All are in CI, from the beginning; a few are judged once each has been looked at. */
async function saturated({ runs, judged, seconds }: Wish) {
  const ground = await githubGround({ runs, required: ['test'] })
  const { repositories, node, requests } = ground
  const checks = new Map(
    await Promise.all(repositories.map(async (each) => [each, await ground.push(each)] as const)),
  )
  await untilSo(() => repositories.every(({ name }) => requests.some(isLookOf(name))))
  const from = requests.length
  const beganAt = Date.now()
  const chosen = spread(repositories, judged.polled + judged.hooked)
  const inCi = {
    polled: chosen.slice(0, judged.polled),
    hooked: chosen.slice(judged.polled),
    twice: [],
  }
  const waited = await judging(ground, { inCi, checks, seconds })
  const seen = { ...measured(ground, from, beganAt), ...(await node.ask('stats', null)), ...waited }
  const others = repositories.filter((each) => !chosen.includes(each))
  const looks = others.flatMap(({ name }) => gapsOf(requests.filter(isLookOf(name)), beganAt))
  await ground.close()
  return { ...seen, runs, looks }
}

/** Of all that wait in a row, some from everywhere. */
function spread<T>(all: readonly T[], count: number): readonly T[] {
  const chosen = new Set(
    Array.from({ length: count }, (_, i) => Math.floor((i * all.length) / count)),
  )
  return all.filter((_, i) => chosen.has(i))
}

const isPollOf = (name: string) => (request: GithubRequest) =>
  request.path.startsWith(`/repos/${name}/issues?`)
const isLookOf =
  (name: string) =>
  ({ path }: GithubRequest) =>
    path.startsWith(`/repos/${name}/commits/`) && path.includes('/check-runs')

/** From one to the next, where the later one is not before `since`. */
function gapsOf(requests: readonly GithubRequest[], since: number): readonly number[] {
  return requests.flatMap(({ at }, i) => {
    const before = requests[i - 1]
    return before === undefined || at < since ? [] : [at - before.at]
  })
}

function measured({ requests }: Pick<Ground, 'requests'>, from: number, beganAt: number) {
  const asked = requests.slice(from)
  const reads = asked.filter(({ method }) => method === 'GET')
  const minutes = (Date.now() - beganAt) / 60_000
  return {
    minutes,
    points: pointsOf(asked) / minutes,
    arrived: worstMinuteOf(requests.map((each) => ({ at: each.at, points: costOf(each) }))),
    unchanged: (100 * reads.filter(({ isNotModified }) => isNotModified).length) / reads.length,
  }
}

type Judging = Pick<Wish, 'seconds'> & {
  readonly inCi: InCi
  readonly checks: ReadonlyMap<Enrolled, CheckRunHandle>
}

/** Checks end one after the other, those first that take two reads. How long each verdict took, in milliseconds. */
async function judging({ node, world, deliver }: Ground, { inCi, checks, seconds }: Judging) {
  const causes = new Map<Enrolled, number>()
  const end = async (each: Enrolled) => {
    const check = checks.get(each)
    if (check === undefined) throw new Error(`nothing of ${each.name} is in CI`)
    check.finish('success')
    causes.set(each, Date.now())
    if (!inCi.hooked.includes(each)) return
    await deliver(world.events.checkRun('completed', each.repository, check))
  }
  const once = [...inCi.polled, ...inCi.hooked]
  await pause(seconds * 300)
  for (const each of inCi.twice) await end(each)
  // By turns, so that none of a kind is early or late.
  for (const each of once.toSorted((one, other) => (one.name < other.name ? -1 : 1))) {
    await pause((seconds * 700) / once.length)
    await end(each)
  }
  await untilSo(
    () => [...causes.keys()].every(({ name }) => node.endedAt(name) !== undefined),
    90_000,
  )
  const waited = (each: Enrolled) =>
    (node.endedAt(each.name) ?? Infinity) - (causes.get(each) ?? Infinity)
  const { polled, hooked, twice } = inCi
  return { polled: polled.map(waited), hooked: hooked.map(waited), twice: twice.map(waited) }
}

/** What a token may spend, whenever a minute begins (`src/github/points.ts`). */
function withinPoints({ points, arrived, worstMinute }: ReturnType<typeof measured> & Stats) {
  const holds = worstMinute <= 600 ? 'yes' : 'NO'
  const beside = `${n(points)} on average; at GitHub's end ${n(arrived)} in the worst`
  return { measured: n(worstMinute), beside, floor: '<= 600', holds }
}

/** Alone, hastened by webhooks: what it asks for beside looking every 30 seconds. */
async function oneRun(): Promise<Row> {
  const ground = await githubGround({ runs: 1, atWork: false })
  const { repositories, node, requests, world, kim, deliver } = ground
  const [only] = repositories
  if (only === undefined) throw new Error('one run needs a repository')
  await untilSo(() => requests.some(isPollOf(only.name)))
  const from = requests.length
  only.issue.label('ready-for-agent', { by: kim })
  const how = { label: 'ready-for-agent', sender: kim }
  await deliver(world.events.issues('labeled', only.issue, how))
  await untilSo(() => node.ask('hasAgent', null))
  const check = await ground.push(only)
  await untilSo(() => requests.some(isLookOf(only.name)))
  check.finish('success')
  await deliver(world.events.checkRun('completed', only.repository, check))
  const isClose = ({ method, path }: GithubRequest) =>
    method === 'PATCH' && path.endsWith('/issues/1')
  await untilSo(() => requests.some(isClose))
  const asked = requests.slice(from)
  const writes = asked.filter(({ method }) => method !== 'GET').length
  await ground.close()
  return {
    what: 'one run, from its label to its closed issue: points',
    measured: n(pointsOf(asked)),
    beside: `${asked.length} requests, ${writes} of them writes`,
  }
}

const s = (ms: number) => (Number.isFinite(ms) ? n(ms / 1_000, ' s') : 'never')

function verdict(cause: string, waited: readonly number[], floor?: number): Row {
  const worst = Math.max(...waited)
  return {
    what: `verdict after a check’s end, ${cause}`,
    measured: s(median(waited)),
    beside: `the slowest of ${waited.length}: ${s(worst)}`,
    ...(floor !== undefined && atMost(worst, { floor, say: (limit) => `${limit / 1_000} s` })),
  }
}

function mixedRows({ runs, count, ...stage }: Awaited<ReturnType<typeof mixed>>): Row[] {
  const { unchanged, polls, worstMs, meanMs, polled, hooked, twice } = stage
  const these = `${runs} runs in as many repositories, ${count} in CI`
  return [
    {
      what: `${these}: points in the worst minute`,
      ...withinPoints(stage),
    },
    { what: 'the same: reads answered 304', measured: n(unchanged, ' %') },
    {
      what: 'the same: CPU of the worst second of the node',
      measured: n(worstMs, ' ms'),
      beside: `${n(meanMs, ' ms')} on average`,
      ...atMost(worstMs, { floor: 1_000, say: (limit) => `${limit} ms` }),
    },
    {
      what: 'the same: from one look for issues to the next',
      measured: s(median(polls)),
      beside: `the longest ${s(Math.max(...polls))}`,
    },
    verdict('by polling', polled, 15_000),
    verdict('with a webhook', hooked, 2_000),
    verdict('where two reads must agree', twice, 45_000),
  ]
}

function saturatedRows({ runs, ...stage }: Awaited<ReturnType<typeof saturated>>): Row[] {
  const { looks, worstMs, meanMs, polled, hooked, github: standing } = stage
  return [
    {
      what: `${runs} runs, all in CI: points in the worst minute`,
      ...withinPoints(stage),
    },
    {
      what: 'the same: from one look at a commit to the next',
      measured: looks.length === 0 ? 'none' : s(median(looks)),
      beside: `status: ${standing.says ?? 'nothing'}`,
    },
    {
      what: 'the same: CPU of the worst second of the node',
      measured: n(worstMs, ' ms'),
      beside: `${n(meanMs, ' ms')} on average`,
      ...atMost(worstMs, { floor: 1_000, say: (limit) => `${limit} ms` }),
    },
    verdict('by polling, all in CI', polled),
    verdict('with a webhook, all in CI', hooked, 2_000),
  ]
}
