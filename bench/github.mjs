/**
 * What a loop on GitHub asks of GitHub, and how soon it judges: so many runs, each in its repository, one token.
 *
 * Nodes side by side, each on a GitHub of its own. On one a few runs are in CI and the agents of all others
 * work. On the other all runs are in CI, which is more than a token has points for. Some checks end and nobody says
 * so, some with a webhook, and some in repositories that require no check, where two reads must agree. A third
 * node takes one run from its label to its end, alone.
 */
import { setTimeout as pause } from 'node:timers/promises'

import { gitLook } from './git-look.mjs'
import { githubGround, pointsOf, untilSo } from './github-ground.mjs'
import { median } from './load.mjs'
import { atMost, n } from './table.mjs'

/** `judged`: how many by polling, by webhook, and by two reads. `seconds`: how long they are spread over. */
export async function github({ runs, judged, seconds }) {
  const [few, all, one] = await Promise.all([
    mixed({ runs, judged, seconds }),
    saturated({ runs, judged, seconds }),
    oneRun(),
  ])
  return [...mixedRows(few), ...saturatedRows(all), one, await gitLook()]
}

/** The agents of most work; a few are in CI. */
async function mixed({ runs, judged, seconds }) {
  const ground = await githubGround({ runs, unknown: judged.twice })
  const { repositories, node, requests } = ground
  await untilSo(() => repositories.every(({ name }) => requests.some(isPollOf(name))))
  await untilSo(async () => (await node.ask('stats')).github.queueMs === 0)
  const from = requests.length
  const beganAt = Date.now()
  const inCi = {
    polled: repositories.slice(0, judged.polled),
    hooked: repositories.slice(judged.polled, judged.polled + judged.hooked),
    twice: repositories.slice(runs - judged.twice),
  }
  const waited = await judging(ground, inCi, seconds)
  const seen = { ...measured(ground, from, beganAt), ...(await node.ask('stats')), ...waited }
  // What is hastened is no interval.
  const quiet = repositories.slice(judged.polled + judged.hooked)
  const polls = quiet.flatMap(({ name }) => gapsOf(requests.filter(isPollOf(name)), beganAt))
  await ground.close()
  return { ...seen, runs, polls, count: judged.polled + judged.hooked + judged.twice }
}

/** All are in CI, from the beginning; a few are judged once each has been looked at. */
async function saturated({ runs, judged, seconds }) {
  const ground = await githubGround({ runs, required: ['test'] })
  const { repositories, node, requests } = ground
  const pushed = new Map()
  await Promise.all(repositories.map(async (each) => pushed.set(each, await ground.push(each))))
  await untilSo(() => repositories.every(({ name }) => requests.some(isLookOf(name))))
  const from = requests.length
  const beganAt = Date.now()
  const chosen = spread(repositories, judged.polled + judged.hooked)
  const inCi = {
    polled: chosen.slice(0, judged.polled),
    hooked: chosen.slice(judged.polled),
    twice: [],
  }
  const waited = await judging({ ...ground, push: (each) => pushed.get(each) }, inCi, seconds)
  const seen = { ...measured(ground, from, beganAt), ...(await node.ask('stats')), ...waited }
  const others = repositories.filter((each) => !chosen.includes(each))
  const looks = others.flatMap(({ name }) => gapsOf(requests.filter(isLookOf(name)), beganAt))
  await ground.close()
  return { ...seen, runs, looks }
}

/** Of all that wait in a row, some from everywhere. */
function spread(all, count) {
  return Array.from({ length: count }, (_, i) => all[Math.floor((i * all.length) / count)])
}

const isPollOf = (name) => (request) => request.path.startsWith(`/repos/${name}/issues?`)
const isLookOf =
  (name) =>
  ({ path }) =>
    path.startsWith(`/repos/${name}/commits/`) && path.includes('/check-runs')

/** From one to the next, where the later one is not before `since`. */
function gapsOf(requests, since) {
  const at = requests.map((request) => request.at)
  return at.slice(1).flatMap((each, i) => (each < since ? [] : [each - at[i]]))
}

function measured({ requests }, from, beganAt) {
  const asked = requests.slice(from)
  const reads = asked.filter(({ method }) => method === 'GET')
  const minutes = (Date.now() - beganAt) / 60_000
  return {
    minutes,
    points: pointsOf(asked) / minutes,
    worstMinute: worstMinuteOf(requests),
    requests: asked.length / minutes,
    unchanged: (100 * reads.filter(({ isNotModified }) => isNotModified).length) / reads.length,
  }
}

/** Checks end one after the other, those first that take two reads. How long each verdict took, in milliseconds. */
async function judging(ground, inCi, seconds) {
  const { node, world, deliver, push } = ground
  const checks = new Map()
  for (const each of Object.values(inCi).flat()) checks.set(each, await push(each))
  const causes = new Map()
  const end = async (each) => {
    const { repository, check } = checks.get(each)
    check.finish('success')
    causes.set(each, Date.now())
    if (!inCi.hooked.includes(each)) return
    await deliver(world.events.checkRun('completed', repository, check))
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
  const waited = (each) => (node.endedAt(each.name) ?? Infinity) - causes.get(each)
  return Object.fromEntries(Object.entries(inCi).map(([how, those]) => [how, those.map(waited)]))
}

/** Of all the minutes that begin with a request, the start of the node's among them. */
function worstMinuteOf(requests) {
  let until = 0
  let points = 0
  let worst = 0
  for (const first of requests) {
    for (; until < requests.length && requests[until].at < first.at + 60_000; until += 1)
      points += pointsOf([requests[until]])
    worst = Math.max(worst, points)
    points -= pointsOf([first])
  }
  return worst
}

/** What a token may spend, whenever a minute begins (`src/github/points.ts`). */
function withinPoints({ points, requests, worstMinute }) {
  const holds = worstMinute <= 600 ? 'yes' : 'NO'
  const beside = `${n(points)} on average, ${n(requests)} requests`
  return { measured: n(worstMinute), beside, floor: '<= 600', holds }
}

/** Alone, hastened by webhooks: what it asks for beside looking every 30 seconds. */
async function oneRun() {
  const ground = await githubGround({ runs: 1, atWork: false })
  const { repositories, node, requests, world, kim, deliver } = ground
  const [only] = repositories
  await untilSo(() => requests.some(isPollOf(only.name)))
  const from = requests.length
  only.issue.label('ready-for-agent', { by: kim })
  const how = { label: 'ready-for-agent', sender: kim }
  await deliver(world.events.issues('labeled', only.issue, how))
  await untilSo(() => node.ask('hasAgent'))
  const { check } = await ground.push(only)
  await untilSo(() => requests.some(isLookOf(only.name)))
  check.finish('success')
  await deliver(world.events.checkRun('completed', only.repository, check))
  const isOver = ({ method }) => method === 'PATCH'
  await untilSo(() => requests.some(isOver))
  const asked = requests.slice(from)
  const writes = asked.filter(({ method }) => method !== 'GET').length
  await ground.close()
  return {
    what: 'one run, from its label to its closed issue: points',
    measured: n(pointsOf(asked)),
    beside: `${asked.length} requests, ${writes} of them writes`,
  }
}

const s = (ms) => (Number.isFinite(ms) ? n(ms / 1_000, ' s') : 'never')

function verdict(cause, waited, floor) {
  const worst = Math.max(...waited)
  return {
    what: `verdict after a check’s end, ${cause}`,
    measured: s(median(waited)),
    beside: `the slowest of ${waited.length}: ${s(worst)}`,
    ...(floor && atMost(worst, { floor, say: (limit) => `${limit / 1_000} s` })),
  }
}

function mixedRows({ runs, count, ...stage }) {
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

function saturatedRows({ runs, ...stage }) {
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
