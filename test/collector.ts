/** A collector of traces on loopback that takes OTLP as JSON, and keeps what it was sent. */
import * as z from 'zod'

import { type Answering, listen } from './listen.ts'

const Value = z.union([
  z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
  z.object({ intValue: z.number() }).transform(({ intValue }) => intValue),
])

const Attributes = z
  .array(z.object({ key: z.string(), value: Value }))
  .transform((all) => Object.fromEntries(all.map(({ key, value }) => [key, value])))

const Nanoseconds = z.string().transform((text) => Number(BigInt(text) / 1_000n) / 1_000)

const Span = z
  .object({
    traceId: z.string().regex(/^[0-9a-f]{32}$/),
    spanId: z.string().regex(/^[0-9a-f]{16}$/),
    parentSpanId: z.string().optional(),
    name: z.string(),
    kind: z.int(),
    startTimeUnixNano: Nanoseconds,
    endTimeUnixNano: Nanoseconds,
    attributes: Attributes,
    status: z.object({ code: z.int(), message: z.string().optional() }),
  })
  .transform(({ startTimeUnixNano: startedAt, endTimeUnixNano: endedAt, ...span }) => ({
    ...span,
    startedAt,
    endedAt,
  }))

/** https://opentelemetry.io/docs/specs/otlp/#otlphttp-request */
const Export = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: Attributes }),
      scopeSpans: z.array(z.object({ spans: z.array(Span) })),
    }),
  ),
})

/** By OTLP's numbers: https://github.com/open-telemetry/opentelemetry-proto */
export const SERVER = 2
export const CLIENT = 3
export const ERROR = 2

const takes: Answering = (_, res) => res.writeHead(200).end('{}')

export async function collector(answer: Answering = takes) {
  const bodies: string[] = []
  const base = await listen((req, res, body) => {
    if (req.method === 'POST' && req.url === '/v1/traces') bodies.push(body)
    answer(req, res, body)
  })
  const exports = () => bodies.map((body) => Export.parse(JSON.parse(body)).resourceSpans).flat()
  return {
    base,
    url: `${base}/v1/traces`,
    /** All that was sent, as it was sent. */
    sent: () => bodies.join('\n'),
    resources: () => exports().map(({ resource }) => resource.attributes),
    spans: () => exports().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
  }
}
