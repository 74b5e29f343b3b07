/**
 * Everything a person may set, with its defaults: the one place where both stand. Read once, at the
 * edge; the rest of the program takes plain values.
 *
 * Unknown keys are errors. A boolean is `true` or `false`, never guessed. Every value may come out of a
 * placeholder, so `"true"` in quotes is a boolean too.
 */
import * as z from 'zod'

import { DIALECTS, dialectOf } from '../channels/slack/dialect.ts'
import { MENTION_FORM } from '../channels/slack/mention.ts'
import { TERMINAL_KINDS } from '../doorbell/kinds.ts'
import { Bool, Duration, HttpUrl, int } from './forms.ts'
import { Loop } from './loop-schema.ts'

const Token = z
  .string()
  .min(16, 'must have 16 characters or more; make one with: openssl rand -hex 24')
  .regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces')

const dayMs = 24 * 60 * 60_000

const listenForm = 'must be HOST:PORT, such as 127.0.0.1:7333'

const Listen = z
  .string()
  .regex(/^(\[[0-9a-f:.]+\]|[^:[\]\s]+):\d{1,5}$/i, listenForm)
  .transform((text) => {
    const at = text.lastIndexOf(':')
    return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) }
  })
  .refine(({ port }) => port <= 65_535, listenForm)

const Pace = z
  .strictObject({
    burst: int(1, 1_000_000).describe('how many tries may go out at once'),
    every: Duration.describe('how long one more takes to become free'),
  })
  .transform(({ burst, every }) => ({ burst, everyMs: every }))

const lane = {
  concurrency: int(1, 256).prefault(4).describe('tries under way at once'),
  timeout: Duration.refine((ms) => ms >= 100 && ms <= 25_000, 'must be between 100ms and 25s')
    .prefault('10s')
    .describe('how long one try may take'),
  pace: Pace.optional().describe("instead of the channel type's own pace"),
}

const NtfyPriority = int(1, 5).transform((value) => value as 1 | 2 | 3 | 4 | 5)

const Ntfy = z.strictObject({
  type: z.literal('ntfy').describe('an ntfy server, 2.16 or newer'),
  server: HttpUrl.describe('such as https://ntfy.example; may hold user:password@'),
  topic: z
    .string()
    .regex(/^[-_A-Za-z0-9]{1,64}$/, 'must be 1 to 64 characters of A-Z a-z 0-9 _ -')
    .describe('make it unguessable: who knows it may read it'),
  token: z.string().min(1).optional().describe('an access token, tk_...'),
  priorities: z
    .strictObject({ low: NtfyPriority.prefault(2), high: NtfyPriority.prefault(4) })
    .prefault({})
    .describe('ntfy’s 1 to 5 for a done (low) and an escalation (high)'),
  ...lane,
})

const WebhookSecret = z
  .string()
  .regex(
    /^whsec_(?:[A-Za-z0-9+/]{4}){8,21}(?:[A-Za-z0-9+/]{4}|[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
    'must be whsec_ and 24 to 64 bytes in base64; make one with: echo "whsec_$(openssl rand -base64 32)"',
  )

const Webhook = z.strictObject({
  type: z.literal('webhook').describe('a signed POST, Standard Webhooks'),
  url: HttpUrl.describe('where to post; may hold a secret'),
  secret: WebhookSecret.describe('whsec_ and 24 to 64 bytes in base64'),
  ...lane,
})

const Mention = z
  .string()
  .regex(MENTION_FORM, 'must be here, channel, everyone, or an id: U…, W… or S…')

const Mentioned = z.union([z.array(Mention).min(1), Mention.transform((name) => [name])]).optional()

const SlackUrl = HttpUrl.refine(
  (text) => !/^https:\/\/hooks\.slack[^/]*\/(triggers|workflows)\//.test(text),
  'must be an incoming webhook: a Workflow Builder trigger shows no message',
)

const Slack = z
  .strictObject({
    type: z.literal('slack').describe('Slack, or a server that takes its webhooks'),
    token: z
      .string()
      .regex(/^[\x21-\x7e]+$/, 'must be a bot token, xoxb-...')
      .optional()
      .describe('a bot token, xoxb-...; with `channel`'),
    channel: z
      .string()
      .regex(/^[CGD][A-Z0-9]{2,30}$/, 'must be the id of a conversation, such as C0123456789')
      .optional()
      .describe('where the bot posts: an id, since names change'),
    webhookUrl: SlackUrl.optional().describe('an incoming webhook, instead of a bot; a secret'),
    dialect: z
      .enum(DIALECTS)
      .optional()
      .describe('whose webhook it is; default: by its host, else generic'),
    mention: z
      .strictObject({ done: Mentioned, 'needs-human': Mentioned, frozen: Mentioned })
      .prefault({})
      .describe('whom a kind calls: here, channel, everyone or an id (U…, W…, S…)'),
    apiUrl: HttpUrl.prefault('https://slack.com/api/').describe('GovSlack has another'),
    ...lane,
  })
  .superRefine(({ token, channel, webhookUrl, dialect, mention }, { addIssue }) => {
    const wrong = (path: string, message: string) =>
      addIssue({ code: 'custom', path: [path], message })
    if (webhookUrl === undefined) {
      const both = 'must be there: token and channel, or webhookUrl'
      if (token === undefined) wrong('token', both)
      else if (channel === undefined) wrong('channel', both)
      if (dialect !== undefined) wrong('dialect', 'must be left out: only a webhook has one')
      return
    }
    if (token !== undefined) wrong('token', 'must be left out beside webhookUrl')
    if (channel !== undefined)
      wrong('channel', 'must be left out beside webhookUrl, which has a channel of its own')
    if (!isNobody(mention) && (dialect ?? dialectOf(webhookUrl)) !== 'slack')
      wrong('mention', 'must be left out: only Slack itself can mention somebody')
  })

function isNobody(mention: object): boolean {
  return Object.values(mention).every((names) => names === undefined)
}

const Terminal = z.strictObject({
  type: z.literal('terminal').describe('prints where the node runs'),
  ...lane,
})

const ChannelName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'must be a short name: a-z, 0-9, _ and -, 40 at most')

const Route = z.strictObject({
  kinds: z.array(z.enum(TERMINAL_KINDS)).min(1).exactOptional().describe('only these kinds'),
  repos: z
    .array(z.string().min(1))
    .min(1)
    .exactOptional()
    .describe('only these; acme/* is all below acme'),
  tags: z.array(z.string().min(1)).min(1).exactOptional().describe('only with one of these tags'),
  channels: z.array(z.string()).min(1, 'must name a channel').describe('where these go'),
})

const Sqlite = z.strictObject({
  type: z.literal('sqlite').describe('one file, one node'),
  path: z.string().min(1).default('.afk/afk.db').describe('the file; the spool lies beside it'),
  groupCommit: Bool.prefault(true).describe('off only to measure what it brings'),
})

export const Config = z.strictObject({
  listen: Listen.prefault('127.0.0.1:7333').describe('host and port of the HTTP API'),
  publicUrl: HttpUrl.optional().describe('where this node is reached from outside; needs tokens'),
  store: Sqlite.prefault({ type: 'sqlite' }),
  tokens: z
    .strictObject({
      operator: Token.optional().describe('may do everything'),
      ring: Token.optional().describe('may only post rings'),
    })
    .prefault({}),
  links: z
    .strictObject({
      baseUrl: HttpUrl.optional().describe(
        'where the agents’ threads live; without it no thread link',
      ),
      template: z.string().min(1).default('thread-query').describe('a known name or a template'),
      schemes: z
        .array(z.string().regex(/^[a-z][a-z0-9+.-]*$/))
        .default([])
        .describe('allowed in links besides http and https'),
      tap: Bool.prefault(false).describe(
        'rings of the loop carry publicUrl/r/RING, which leads to whichever of their pages opens',
      ),
    })
    .prefault({}),
  channels: z
    .record(ChannelName, z.discriminatedUnion('type', [Ntfy, Slack, Webhook, Terminal]))
    .refine((channels) => Object.keys(channels).length > 0, 'must name a channel, or be left out')
    .prefault({ terminal: { type: 'terminal' } }),
  routes: z
    .array(Route)
    .default([])
    .describe('first match wins; none: every ring to every channel'),
  heartbeat: z
    .strictObject({
      url: HttpUrl.describe('where to say that all is well; may hold a secret'),
      every: Duration.refine((ms) => ms >= 1_000 && ms <= dayMs, 'must be between 1s and 24h')
        .prefault('5m')
        .describe('how often'),
    })
    .optional()
    .describe('an outside dead-man’s switch'),
  tracing: z
    .strictObject({
      url: HttpUrl.describe(
        'where OTLP over HTTP is taken, such as http://127.0.0.1:4318/v1/traces',
      ),
    })
    .optional()
    .describe('OpenTelemetry traces'),
  retention: z
    .strictObject({
      days: int(1, 36_500)
        .prefault(365)
        .describe('how long a ring is kept that a channel took, or somebody acknowledged'),
      transcripts: int(1, 36_500)
        .prefault(30)
        .describe('how many days what ended turns and checks printed is kept'),
    })
    .prefault({}),
  dedupeFor: Duration.prefault('24h').describe('how long a key keeps meaning the same ring'),
  log: z
    .enum(['text', 'json'])
    .default('text')
    .describe('calm text, or one JSON line for each change'),
  loop: Loop.prefault({}),
})

export type Config = z.infer<typeof Config>

export type ChannelConfig = Config['channels'][string]

/** What the configuration accepts, as JSON Schema 2020-12: the form people write, before defaults. */
export function configJsonSchema() {
  return z.toJSONSchema(Config, { io: 'input', unrepresentable: 'any' })
}
