/**
 * A trace for each ring, by OpenTelemetry: from the request to the disk, then every try.
 *
 * The trace's id is the ring's own UUID, so that what a later start of the node tries belongs to the
 * same trace. Loaded only where an endpoint is configured. An endpoint that hangs or refuses delays
 * nothing; what it does not take is lost, and the store still has it.
 */
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace, TraceFlags } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { randomBytes } from 'node:crypto'

import type { LogEvent } from './log.ts'
import { VERSION } from './version.ts'

export type Tracing = {
  tell(event: LogEvent): void
  /** Sends what waits, for two seconds at the most. */
  stop(): Promise<void>
}

type Ids = { readonly traceId: string; readonly spanId: string }

const lastWordsMs = 2_000

/** `url`: where OTLP over HTTP is taken as JSON, such as `http://127.0.0.1:4318/v1/traces`. */
export function startTracing({ url }: { readonly url: string }): Tracing {
  let next: Ids = { traceId: '', spanId: '' }
  // A request under way, or a pause before its repeat, holds the process until it ends.
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: lastWordsMs })
  const provider = new TracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'afk', 'service.version': VERSION }),
    idGenerator: { generateTraceId: () => next.traceId, generateSpanId: () => next.spanId },
    spanProcessors: [new BatchSpanProcessor({ exporter })],
  })
  const tracer = provider.getTracer('afk', VERSION)

  function accepted(event: Extract<LogEvent, { event: 'ring-accepted' }>, root: Ids) {
    next = root
    const { ring, kind, source, ms } = event
    const attributes = { 'afk.ring': ring, 'afk.kind': kind, 'afk.source': source }
    const endedAt = Date.now()
    const span = tracer.startSpan(
      'ring',
      { root: true, kind: SpanKind.SERVER, startTime: endedAt - ms, attributes },
      ROOT_CONTEXT,
    )
    span.end(endedAt)
  }

  function tried(event: Extract<LogEvent, { outcome: string }>, { traceId, spanId }: Ids) {
    next = { traceId, spanId: randomBytes(8).toString('hex') }
    const { ring, delivery, channel, tries, outcome, at, ms } = event
    const parent = { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true }
    const span = tracer.startSpan(
      `try ${channel}`,
      {
        kind: SpanKind.CLIENT,
        startTime: at,
        attributes: {
          'afk.ring': ring,
          'afk.delivery': delivery,
          'afk.channel': channel,
          'afk.try': tries,
          'afk.outcome': outcome,
        },
      },
      trace.setSpanContext(ROOT_CONTEXT, parent),
    )
    if ('code' in event) {
      span.setAttribute('afk.code', event.code)
      span.setStatus({ code: SpanStatusCode.ERROR, message: event.detail })
    }
    span.end(at + ms)
  }

  return {
    tell(event) {
      if (!('ring' in event)) return
      const root = idsOf(event.ring)
      if (root === null) return
      if (event.event === 'ring-accepted') accepted(event, root)
      else if ('outcome' in event) tried(event, root)
    },
    async stop() {
      const late = new Promise((resolve) => setTimeout(resolve, lastWordsMs).unref())
      // Rejects where the collector took nothing; that is lost, and stops nobody.
      await Promise.allSettled([Promise.race([provider.shutdown(), late])])
    },
  }
}

/** Null: the ring's id holds no UUID. */
function idsOf(ring: string): Ids | null {
  const traceId = ring.replace(/^ring_|-/g, '')
  return /^[0-9a-f]{32}$/.test(traceId) ? { traceId, spanId: traceId.slice(16) } : null
}
