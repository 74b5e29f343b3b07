/**
 * What Slack refuses about a message's content, for the stand-in. Pure.
 *
 * The limits are those of Block Kit (https://docs.slack.dev/reference/block-kit), counted in UTF-16
 * units as they were sent. All blocks together have 12,000, below where Slack was seen to refuse them.
 * Kinds of block, and their fields, that AFK has no use for are refused, too.
 */
import { z } from 'zod'

const words = (max: number) => z.string().min(1).max(max)
const plain = (max: number) =>
  z.strictObject({ type: z.literal('plain_text'), text: words(max), emoji: z.boolean().optional() })
const mrkdwn = (max: number) =>
  z.strictObject({ type: z.literal('mrkdwn'), text: words(max), verbatim: z.boolean().optional() })
const either = (max: number) => z.discriminatedUnion('type', [plain(max), mrkdwn(max)])
const block_id = z.string().max(255).optional()

const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: plain(150), block_id }),
  z.strictObject({ type: z.literal('section'), text: either(3_000), block_id }),
  z.strictObject({
    type: z.literal('context'),
    elements: z.array(either(3_000)).min(1).max(10),
    block_id,
  }),
  z.strictObject({ type: z.literal('divider'), block_id }),
])

const blocks = z.array(block).max(50)
/** Blocks and the fields of before there were blocks do not mix. */
const attachments = z.array(z.strictObject({ color: z.string().optional(), blocks: blocks.min(1) }))

export type Asked = {
  readonly text?: unknown
  readonly blocks?: unknown
  readonly attachments?: unknown
  readonly metadata?: unknown
}

export type Refusal = { readonly error: string; readonly messages: readonly string[] }

/** Null: nothing is wrong with it. */
export function refusalOf(asked: Asked): Refusal | null {
  const { text = '', blocks: shown = [], attachments: hung = [], metadata } = asked
  if (typeof text !== 'string') return { error: 'invalid_arguments', messages: [] }
  const shownRead = blocks.safeParse(shown)
  if (!shownRead.success)
    return { error: 'invalid_blocks', messages: pointers('blocks', shownRead.error) }
  if (Array.isArray(hung) && hung.length > 100)
    return { error: 'too_many_attachments', messages: [] }
  const hungRead = attachments.safeParse(hung)
  if (!hungRead.success)
    return { error: 'invalid_attachments', messages: pointers('attachments', hungRead.error) }
  const all = [...shownRead.data, ...hungRead.data.flatMap((each) => each.blocks)]
  if (JSON.stringify(all).length > 12_000) return { error: 'msg_blocks_too_long', messages: [] }
  if (text === '' && all.length === 0) return { error: 'no_text', messages: [] }
  if (metadata !== undefined && !described.safeParse(metadata).success)
    return { error: 'invalid_metadata_format', messages: [] }
  return null
}

const described = z.strictObject({
  event_type: z.string().min(1),
  event_payload: z.record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean(), z.looseObject({})]),
  ),
})

/** As Slack's `response_metadata` says it. */
function pointers(root: string, { issues }: z.ZodError): readonly string[] {
  return issues.map(
    ({ message, path }) => `[ERROR] ${message} [json-pointer:/${[root, ...path].join('/')}]`,
  )
}
