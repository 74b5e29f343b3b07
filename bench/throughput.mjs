/**
 * Rings accepted and drained under load, beside what undici alone can post to the same sink, and beside peers.
 *
 * All servers run throughout and are warm before they are measured, as a node is that runs for days; the
 * rounds are interleaved, so that a slow minute of the machine is everyone's.
 */
import { startAlertmanager } from './alertmanager.mjs'
import { drained, median, post, quantile, ringBody } from './load.ts'
import { startNtfy } from './ntfy.mjs'
import { cpuMs } from './process-facts.ts'
import { startNode, temporaryFolder } from './processes.ts'
import { atLeast, atMost, missing, n, times } from './table.ts'

const connections = 64
/** Of the lane: a receiver on loopback takes as many at once as it is given. */
const concurrency = 128
/** What a server still does for a round after the sink has seen the last, such as settling, is its cost too. */
const restMs = 250
/** ntfy publishes so few a second that a whole round would outlast all others together. */
const ntfyShare = 5
/** What is compiled ahead of time needs less than a node. */
const peerWarmUp = 500

export async function throughput({ sink, count, rounds, warmUp }) {
  const nodes = {
    grouped: await nodeWith({ sink, settings: { concurrency } }),
    single: await nodeWith({ sink, settings: { concurrency }, store: { groupCommit: false } }),
    defaults: await nodeWith({ sink }),
  }
  const servers = {
    ...nodes,
    alertmanager: await startAlertmanager({ sink }),
    ntfy: await startNtfy({ isTuned: false }),
    tunedNtfy: await startNtfy({ isTuned: true }),
  }
  const running = Object.entries(servers).filter(([, server]) => server !== null)
  const measure = (name, server, whole) =>
    name.toLowerCase().includes('ntfy')
      ? round({ sink, server, count: Math.ceil(whole / ntfyShare), isDrained: false })
      : round({ sink, server, count: whole, isDrained: true })

  const isOurs = (name) => Object.hasOwn(nodes, name)
  for (const [name, server] of running)
    await measure(name, server, isOurs(name) ? warmUp : peerWarmUp)
  const results = { raw: [], ...Object.fromEntries(running.map(([name]) => [name, []])) }
  for (let i = 0; i < rounds; i++) {
    results.raw.push(await round({ sink, server: rawSink(sink), count, isDrained: false }))
    for (const [name, server] of running) results[name].push(await measure(name, server, count))
  }
  for (const [, server] of running) await server.stop()
  // Undefined where a peer is missing, null where the machine does not say.
  return rows((name, key) => results[name] && median(results[name].map((each) => each[key])))
}

async function nodeWith(ask) {
  const { folder, remove } = temporaryFolder()
  const node = await startNode({ folder, ...ask })
  return { ...node, stop: () => node.stop().then(remove) }
}

/** As many bytes as a ring's webhook has. */
function rawSink(sink) {
  const notification = JSON.parse(ringBody(1))
  const body = JSON.stringify({ type: 'ring', notification, pad: 'x'.repeat(400) })
  return { url: sink.url, path: '/raw', bodyOf: () => body }
}

async function round({ sink, server, count, isDrained }) {
  const { url, path, bodyOf, pid } = server
  const cpuBefore = pid && cpuMs(pid)
  const startedAt = performance.now()
  const took = await post({ url, path, bodyOf, connections, count })
  if (isDrained) await drained(sink, count)
  const perSecond = (count / (performance.now() - startedAt)) * 1_000
  await new Promise((resolve) => setTimeout(resolve, restMs))
  const cpuUs = pid && cpuBefore !== null ? ((cpuMs(pid) - cpuBefore) / count) * 1_000 : null
  await sink.ask('reset')
  return { perSecond, p99: quantile(took, 0.99), cpuUs }
}

function rows(of) {
  const rate = (name) => of(name, 'perSecond')
  const [raw, grouped, single] = [rate('raw'), rate('grouped'), rate('single')]
  const share = grouped / raw
  const gain = grouped / single
  return [
    {
      what: `accept + drain, ${connections} connections`,
      measured: n(grouped, '/s'),
      beside: `undici alone ${n(raw, '/s')}`,
      ratio: times(share),
      ...atLeast(share, { floor: 1 / 5 }),
    },
    {
      what: 'the same without group commit',
      measured: n(single, '/s'),
      beside: `with ${n(grouped, '/s')}`,
      ratio: times(gain),
      ...atLeast(gain, { floor: 2 }),
    },
    { what: 'the same, lane of 4 (default)', measured: n(rate('defaults'), '/s') },
    { what: 'p99 of the accept under that load', measured: n(of('grouped', 'p99'), ' ms') },
    ...peerRows({ grouped, rate, cpu: (name) => of(name, 'cpuUs') }),
  ]
}

function peerRows({ grouped, rate, cpu }) {
  const than = ({ what, name, limits }) => {
    const theirs = rate(name)
    if (theirs === undefined) return missing(what)
    const ratio = grouped / theirs
    const beside = `theirs ${n(theirs, '/s')}`
    const verdict = limits ? atLeast(ratio, limits) : {}
    return { what, measured: n(grouped, '/s'), beside, ratio: times(ratio), ...verdict }
  }
  return [
    than({
      what: 'accept + drain against Alertmanager (not durable)',
      name: 'alertmanager',
      limits: { floor: 1.5, aim: 3 },
    }),
    than({
      what: 'accept + drain against the publish of ntfy',
      name: 'ntfy',
      limits: { floor: 5, aim: 10 },
    }),
    than({ what: 'the same, ntfy tuned (no sync of each message)', name: 'tunedNtfy' }),
    cpuRow(cpu('grouped'), cpu('alertmanager')),
  ].filter(Boolean)
}

function cpuRow(ours, theirs) {
  const what = 'CPU of the server for one ring against Alertmanager'
  if (theirs === undefined) return missing(what)
  if (ours === null) return null
  return {
    what,
    measured: n(ours, ' us'),
    beside: `theirs ${n(theirs, ' us')}`,
    ratio: times(ours / theirs),
    ...atMost(ours / theirs, { floor: 1 / 2, aim: 1 / 4 }),
  }
}
