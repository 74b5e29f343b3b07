/**
 * What ntfy 2.27 makes of a publish's JSON, for the stand-in. Pure.
 *
 * The limits are the real ones, a byte below the documented: 4095 bytes of message, 8191 of JSON. A
 * wrong JSON type fails the whole publish; tags are split at commas; text is trimmed, and blank text
 * becomes `triggered`; RFC 2047 words are decoded in every field that ntfy turns into a header.
 */
import { randomBytes } from 'node:crypto'
import { z } from 'zod'

export type NtfyMessage = {
  readonly id: string
  readonly time: number
  readonly expires: number
  readonly event: 'message'
  readonly topic: string
  readonly message: string
  readonly title?: string
  readonly priority?: number
  readonly tags?: readonly string[]
  readonly click?: string
  readonly actions?: readonly (Action & { readonly id: string })[]
  readonly sequence_id?: string
}

type Action = { readonly action: string; readonly label: string; readonly url: string }

const action = z.object({
  action: z.string(),
  label: z.string().default(''),
  url: z.string().default(''),
  clear: z.boolean().default(false),
})

const known = z.object({
  topic: z.string().nullish(),
  message: z.string().nullish(),
  title: z.string().nullish(),
  priority: z.int().nullish(),
  tags: z.array(z.string()).nullish(),
  click: z.string().nullish(),
  actions: z.array(action).nullish(),
  sequence_id: z.string().nullish(),
})

export type NtfyAsk = z.infer<typeof known> & { readonly topic: string }

/** A publish that may go on to the next check, or the code of the error that ends it. */
export type Read = { readonly ask: NtfyAsk } | { readonly code: number }

/** These checks cost no request token. */
export function readAsk(body: Buffer): Read {
  if (body.length > 8_191) return { code: 41303 }
  const parsed = known.safeParse(json(body))
  if (!parsed.success) return { code: 40024 }
  const { topic } = parsed.data
  if (!/^[-_A-Za-z0-9]{1,64}$/.test(topic ?? '')) return { code: 40009 }
  if (reserved.has(topic ?? '')) return { code: 40010 }
  return { ask: { ...parsed.data, topic: topic ?? '' } }
}

const reserved = new Set('docs static file app metrics account settings signup login v1'.split(' '))

/** The first error of the parameters and then of the text, in ntfy's order; null if it is published. */
export function codeFor(ask: NtfyAsk, attachments: boolean): number | null {
  const { sequence_id: sequence, priority, actions, message } = ask
  if (sequence && !/^[-_A-Za-z0-9]{1,64}$/.test(sequence)) return 40049
  if (priority && (priority < 1 || priority > 5)) return 40007
  if (actions && (actions.length > 3 || actions.some((one) => !isAction(one)))) return 40018
  // With attachments on, a JSON text too long is an internal error of ntfy's, for ever.
  if (Buffer.byteLength(message ?? '') > 4_095) return attachments ? 50001 : 40014
  return null
}

function isAction({ action: type, label, url }: z.infer<typeof action>): boolean {
  return ['view', 'http'].includes(type.toLowerCase()) && label !== '' && url !== ''
}

export function messageOf(ask: NtfyAsk, now: number): NtfyMessage {
  const time = Math.floor(now / 1_000)
  const title = header(ask.title)
  const click = header(ask.click)
  const tags = header(ask.tags?.join(','))
    .split(',')
    .map(trim)
    .filter((tag) => tag !== '')
  const actions = z
    .array(action)
    .parse(JSON.parse(header(JSON.stringify(ask.actions ?? []))))
    .map((one) => ({ id: randomId(10), ...one, action: one.action.toLowerCase() }))
  return {
    id: randomId(12),
    ...(ask.sequence_id && { sequence_id: ask.sequence_id }),
    time,
    expires: time + 12 * 60 * 60,
    event: 'message',
    topic: ask.topic,
    ...(title && { title }),
    message: trim(ask.message ?? '').replaceAll('\0', '') || 'triggered',
    ...(ask.priority && { priority: ask.priority }),
    ...(tags.length > 0 && { tags }),
    ...(click && { click }),
    ...(actions.length > 0 && { actions }),
  }
}

/** What 6.1 of the reference calls wrong although ntfy takes it. Empty: nothing. */
export function complaints(body: Buffer, ask: NtfyAsk): readonly string[] {
  const strangers = Object.keys(Object(json(body))).filter((key) => !(key in known.shape))
  return [
    ...strangers.map((key) => `unknown key ${key}`),
    ...(ask.sequence_id ? [] : ['no sequence_id']),
    ...(body.includes(String.raw`\u`) ? ['escaped where raw UTF-8 is shorter'] : []),
  ]
}

function json(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    // Not JSON: no object either, which every reader here refuses.
    return undefined
  }
}

function header(value: string | null | undefined): string {
  return trim(value ?? '').replace(encodedWord, (_, encoding: string, text: string) =>
    encoding.toLowerCase() === 'b'
      ? Buffer.from(text, 'base64').toString('utf8')
      : decodeURIComponent(text.replaceAll('_', ' ').replaceAll('=', '%')),
  )
}

const encodedWord = /=\?utf-8\?([bq])\?([^?]*)\?=/gi

/** As Go does it: U+0085 is white space, the byte order mark is not. */
function trim(text: string): string {
  return text.replace(/^(?:[^\S\ufeff]|\u0085)+|(?:[^\S\ufeff]|\u0085)+$/g, '')
}

function randomId(length: number): string {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  return Array.from(randomBytes(length), (byte) => letters.charAt(byte % letters.length)).join('')
}
