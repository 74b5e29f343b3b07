/**
 * The node in numbers, for Prometheus: https://prometheus.io/docs/instrumenting/exposition_formats
 *
 * Counters and histograms are of this start of the node, and made of what happens in it; gauges are
 * read when asked for. The names are fixed. No label holds anything that a caller wrote freely.
 */
import { Counter, Gauge, Histogram, Registry } from 'prom-client'

import { TERMINAL_KINDS } from '../doorbell/kinds.ts'
import type { LogEvent } from '../log.ts'
import type { Tally } from '../store/rings.ts'

export type MetricsParts = {
  readonly version: string
  readonly channels: readonly string[]
  readonly isArmed: boolean
  readonly tallies: () => Promise<readonly Tally[]>
  readonly isClosed: (channel: string) => boolean
  readonly now: () => number
}

export type Metrics = {
  tell(event: LogEvent): void
  /** Reads the store; throws what it throws. */
  text(parts: MetricsParts): Promise<string>
}

export const METRICS_TYPE = Registry.PROMETHEUS_CONTENT_TYPE

export function metrics(): Metrics {
  const registry = new Registry()
  const registers = [registry]
  const tries = new Counter({
    name: 'afk_tries_total',
    help: 'Tries to send a ring, by channel and how they went.',
    labelNames: ['channel', 'outcome'],
    registers,
  })
  const rings = new Counter({
    name: 'afk_rings_total',
    help: 'Rings that were written down, by kind and who said so.',
    labelNames: ['kind', 'source'],
    registers,
  })
  const accept = new Histogram({
    name: 'afk_accept_seconds',
    help: 'From the request of a ring until it is on disk.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5],
    registers,
  })
  const firstTry = new Histogram({
    name: 'afk_time_to_first_try_seconds',
    help: 'From a ring to its first try on a channel.',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 60, 300, 900, 3600],
    registers,
  })
  const read = gauges(registers)

  return {
    tell(event) {
      if (event.event === 'ring-accepted') {
        rings.labels(event.kind, event.source).inc()
        accept.observe(event.ms / 1_000)
      } else if ('outcome' in event) {
        tries.labels(event.channel, event.outcome).inc()
        if (event.waitedMs !== null) firstTry.observe(Math.max(0, event.waitedMs) / 1_000)
      }
    },
    async text(parts) {
      // A series that begins at 1 has no increase: what can happen is there from the start.
      for (const kind of TERMINAL_KINDS)
        for (const source of sources) rings.labels(kind, source).inc(0)
      for (const channel of parts.channels)
        for (const outcome of outcomes) tries.labels(channel, outcome).inc(0)
      read(parts, await parts.tallies())
      return registry.metrics()
    },
  }
}

const outcomes = ['accepted', 'refused', 'deferred', 'unknown']
const sources = ['operator', 'ring', 'local', 'spool', 'drill', 'loop']

function gauges(registers: Registry[]) {
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name, help, labelNames, registers })
  const build = gauge('afk_build_info', 'Always 1; the version is a label.', 'version')
  const oldest = gauge(
    'afk_oldest_due_seconds',
    'How long the oldest ring waits that some channel has yet to take; 0: nothing waits.',
  )
  const due = gauge('afk_due_deliveries', 'Deliveries that wait to be tried, or are being tried.')
  const dead = gauge('afk_dead_deliveries', 'Deliveries that were given up and not sent again.')
  const armed = gauge('afk_armed', '1: the loop may run.')
  const closed = gauge('afk_channel_closed', '1: its credential was refused.', 'channel')

  return (parts: MetricsParts, tallies: readonly Tally[]) => {
    const ages = tallies.flatMap(({ oldestDueAcceptedAt: at }) => (at === null ? [] : [at]))
    const sum = (key: 'due' | 'dead') => tallies.reduce((total, tally) => total + tally[key], 0)
    build.set({ version: parts.version }, 1)
    oldest.set(Math.max(0, ...ages.map((at) => (parts.now() - at) / 1_000)))
    due.set(sum('due'))
    dead.set(sum('dead'))
    armed.set(parts.isArmed ? 1 : 0)
    closed.reset()
    for (const channel of parts.channels) closed.set({ channel }, parts.isClosed(channel) ? 1 : 0)
  }
}
