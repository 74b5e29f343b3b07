/**
 * What the API takes and gives: each shape once, for parsing, for the types and for the OpenAPI
 * document. Instants are ISO 8601 in UTC.
 */
import * as z from 'zod'

import { RESERVED_KEYS } from '../doorbell/ring.ts'
import { HttpUrl, Instant, Key, Kind, Repo } from './forms.ts'
import { LiveRun, PauseView } from './run-schemas.ts'

export const RingBody = z
  .strictObject({
    kind: Kind,
    issue: z.strictObject({
      repo: Repo,
      number: z.int().min(1),
      title: z.string().max(1_000).exactOptional(),
      url: HttpUrl.exactOptional(),
    }),
    threadId: z.string().max(1_000).nullish(),
    environmentId: z.string().max(1_000).exactOptional(),
    detail: z.string(),
    key: Key.nullish(),
    link: z.string().max(2_000).nullish(),
  })
  .meta({ id: 'RingBody' })

export function isReservedKey(key: string): boolean {
  return RESERVED_KEYS.some((prefix) => key.startsWith(prefix))
}

const Owed = z.object({ id: z.string(), channel: z.string() })

export const Accepted = z
  .object({
    id: z.string(),
    key: z.string(),
    duplicate: z.boolean(),
    deliveries: z.array(Owed),
  })
  .meta({ id: 'Accepted' })

const TryView = z
  .object({
    number: z.int(),
    at: Instant,
    ms: z.int(),
    outcome: z.enum(['accepted', 'refused', 'deferred', 'unknown']),
    code: z.string().nullable(),
    detail: z.string().nullable(),
    says: z.string().describe('how it went, in plain words'),
  })
  .meta({ id: 'Try' })

const DeliverySummary = z.object({
  id: z.string(),
  channel: z.string(),
  purpose: z.enum(['ring', 're-ring', 'report', 'resend', 'update']),
  wave: z.int(),
  state: z.enum(['due', 'trying', 'accepted', 'dead', 'dropped']),
  tries: z.int(),
  says: z.string().describe('what became of it, in plain words'),
})

const DeliveryView = DeliverySummary.extend({
  dueAt: Instant.nullable().describe(
    'when the next try is due, or the one under way is given up; null once it has ended',
  ),
  code: z.string().nullable(),
  detail: z.string().nullable(),
  reference: z.string().nullable(),
  note: z.string().nullable().describe('what it says below the body: which channels gave up'),
  tried: z.array(TryView),
}).meta({ id: 'Delivery' })

const RingBase = z.object({
  id: z.string(),
  key: z.string(),
  kind: Kind,
  issueRef: z.string(),
  issue: RingBody.shape.issue,
  title: z.string(),
  excerpt: z.string().describe('the beginning of the detail, cut to 600 bytes'),
  link: z.string().nullable(),
  source: z.string(),
  run: z.string().nullable().describe('the run of the loop that has ended; null: it was none'),
  acceptedAt: Instant,
  acknowledged: z.object({ at: Instant, by: z.string(), note: z.string().nullable() }).nullable(),
})

export const RingSummary = RingBase.extend({ deliveries: z.array(DeliverySummary) }).meta({
  id: 'RingSummary',
})

export const RingView = RingBase.extend({
  threadId: z.string().nullable(),
  body: z.string(),
  priority: z.enum(['low', 'high']),
  tags: z.array(z.string()),
  deliveries: z.array(DeliveryView),
}).meta({ id: 'Ring' })

export const RingPageView = z
  .object({ rings: z.array(RingSummary), next: z.string().nullable() })
  .meta({ id: 'RingPage' })

export const RingsQuery = z.strictObject({
  kind: Kind.optional(),
  state: z
    .enum(['open', 'quiet', 'acknowledged', 'dead'])
    .optional()
    .describe('quiet: all that is not open'),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(100).optional(),
})

export const AckBody = z.strictObject({
  by: z.string().min(1).max(200).optional(),
  note: z.string().max(2_000).nullish(),
})

export const ResendBody = z.strictObject({ channel: z.string().optional() })

export const DrillBody = z.strictObject({ kind: Kind.default('needs-human') })

export const DoctorBody = z.strictObject({
  links: z
    .boolean()
    .default(false)
    .describe('instead of all else: each kind of link, opened for real'),
})

export const Resent = z.object({ id: z.string(), deliveries: z.array(Owed) }).meta({ id: 'Resent' })

export const SignInBody = z.strictObject({ token: z.string().max(1_000) })

export const SessionView = z
  .object({
    needed: z
      .boolean()
      .describe('the node has tokens: without one, or a session, it answers nobody'),
    signedIn: z.boolean(),
  })
  .meta({ id: 'Session' })

export const FindingView = z
  .object({
    about: z.string(),
    type: z.enum(['good', 'bad', 'unproven']),
    what: z.string(),
    mend: z.string().nullable(),
  })
  .meta({ id: 'Finding' })

export const DoctorView = z.object({ findings: z.array(FindingView) }).meta({ id: 'Doctor' })

export const ChangeView = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('ring'), id: z.string() }),
    z.object({ type: z.literal('delivery'), id: z.string(), ring: z.string() }),
    z.object({ type: z.literal('channel'), id: z.string() }),
    z.object({ type: z.literal('run'), id: z.string() }),
    z.object({ type: z.literal('loop') }).describe('a pause, or what was granted'),
    z.object({ type: z.literal('resync') }).describe('too much was missed: read again'),
  ])
  .meta({ id: 'Change', description: 'the data of one event: what to read again' })

const ChannelStatus = z.object({
  name: z.string(),
  type: z.string(),
  state: z.enum(['open', 'closed']),
  detail: z.string().nullable().describe('why it is closed'),
  probeAt: Instant.nullable().describe('when the next probe goes out'),
  due: z.int(),
  dead: z.int(),
  oldestDueAt: Instant.nullable().describe('when the oldest ring came that waits for it'),
})

const GithubStatus = z.object({
  host: z.string(),
  repositories: z.int().describe('so many share its token'),
  waiting: z.int().describe('requests that wait for their turn'),
  queueMs: z.int().describe('how long one more would wait'),
  limitedUntil: Instant.nullable().describe('GitHub wants to hear nothing until then'),
  refused: z.string().nullable().describe('why GitHub refuses the token; null: it takes it'),
  everyMs: z
    .int()
    .nullable()
    .describe('how far apart their issues are looked for in truth; null: they were not yet'),
  wantedMs: z.int().describe('and how far by the configuration'),
  says: z.string().nullable().describe('in plain words; null: nothing is late or refused'),
})

export const StatusView = z
  .object({
    version: z.string(),
    startedAt: Instant,
    ready: z.boolean(),
    problems: z.array(z.string()),
    loop: z.object({
      armed: z.boolean(),
      missing: z.array(z.string()),
      pauses: z.array(PauseView),
      runs: z.array(LiveRun).describe('those that have not ended, oldest first'),
      waits: z
        .array(
          z.object({
            run: z.string(),
            repo: z.string().nullable(),
            kind: z.string(),
            tries: z.int(),
            detail: z.string().nullable(),
          }),
        )
        .describe('what must follow an end and cannot be done yet: its repository stays busy'),
    }),
    github: z.array(GithubStatus).describe('one for each token; empty: no loop on GitHub'),
    channels: z.array(ChannelStatus),
    open: z
      .object({ count: z.int(), oldestAt: Instant.nullable() })
      .describe('escalations that nobody acknowledged'),
    oldestUnsentAt: Instant.nullable(),
    threadLinks: z.string().describe('how a ring links to its thread, or what is missing'),
    why: z
      .string()
      .nullable()
      .exactOptional()
      .describe('only where it was asked: why the issue may not start; null if it may'),
  })
  .meta({ id: 'Status' })

const WeekView = z.object({
  from: Instant.describe('a Monday, 0:00 UTC'),
  rings: z.object({ done: z.int(), 'needs-human': z.int(), frozen: z.int() }),
  firstTry: z
    .object({ medianMs: z.int(), p90Ms: z.int() })
    .nullable()
    .describe('from a ring to its first try: half, and nine of ten, within; null: none was tried'),
})

export const BellView = z
  .object({
    channels: z.array(
      ChannelStatus.extend({
        lastAcceptedAt: Instant.nullable().describe('null: not among the newest 20,000 tries'),
        failures: z
          .array(z.object({ code: z.string(), count: z.int() }))
          .describe('tries of the last week that it did not accept, by their code'),
      }),
    ),
    weeks: z.array(WeekView).describe('the last eight, oldest first; of the newest 20,000 rings'),
  })
  .meta({ id: 'Bell' })

export const ReadyView = z
  .object({ ready: z.boolean(), problems: z.array(z.string()) })
  .meta({ id: 'Ready' })
