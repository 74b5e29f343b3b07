/** An issue as GitHub writes it, as far as AFK reads it. */
import * as z from 'zod'

import { GithubError } from '../../github/github-error.ts'
import { TrackerError } from '../tracker-error.ts'

export const User = z.object({ id: z.int(), login: z.string(), type: z.string() })

export type User = z.infer<typeof User>

const Field = z.object({
  issue_field_name: z.string().nullish(),
  value: z.unknown(),
  single_select_option: z.object({ name: z.string() }).nullish(),
})

const Summary = z.object({ blocked_by: z.int(), total_blocked_by: z.int() })

const Issue = z.object({
  number: z.int().positive(),
  title: z.string(),
  body: z.string().nullish(),
  html_url: z.string(),
  repository_url: z.string(),
  /** Null: the account is gone. */
  user: User.nullish(),
  labels: z.array(z.union([z.string(), z.object({ name: z.string().nullish() })])),
  state: z.enum(['open', 'closed']),
  updated_at: z.string(),
  pull_request: z.unknown().optional(),
  issue_field_values: z.array(Field).nullish(),
  /** Absent: an older server. */
  issue_dependencies_summary: Summary.nullish(),
})

export type RawIssue = z.infer<typeof Issue>

/** What of it there is, where it is none that could be understood. */
const Stub = z.object({ number: z.int() })

export type Parsed =
  | { readonly type: 'issue'; readonly issue: RawIssue }
  | { readonly type: 'malformed'; readonly where: string; readonly what: string }

/** `where`: `#12`, or its place in the list. */
export function parsed(value: unknown, place: string): Parsed {
  const issue = Issue.safeParse(value)
  if (issue.success) return { type: 'issue', issue: issue.data }
  const stub = Stub.safeParse(value)
  const at = issue.error.issues[0]?.path.join('.') ?? ''
  const what = `GitHub wrote it in another form: ${at === '' ? 'it is no object' : `see ${at}`}`
  return { type: 'malformed', where: stub.success ? `#${stub.data.number}` : place, what }
}

/** @throws {TrackerError} `malformed` @throws {GithubError} if it is nothing of the kind. */
export function understoodIssue(value: unknown, number: number): RawIssue {
  const read = parsed(value, '')
  if (read.type === 'issue') return read.issue
  if (read.where !== '') throw new TrackerError('malformed', `${read.where}: ${read.what}`)
  throw new GithubError('unreachable', `GitHub answered for issue ${number} with something else`)
}

export function labelsOf({ labels }: RawIssue): readonly string[] {
  const names = labels.map((label) => (typeof label === 'string' ? label : label.name))
  return [...new Set(names.filter((name): name is string => typeof name === 'string'))]
}

/** As the web's text box sends it, lines end in CRLF: that is no other text. */
export function bodyOf({ body }: RawIssue): string {
  return (body ?? '').replaceAll('\r\n', '\n')
}

/** Another one where anything of it has changed that GitHub or we could see. */
export function versionOf(issue: RawIssue): string {
  const { updated_at, state, title, body } = issue
  return JSON.stringify([updated_at, state, labelsOf(issue), title, body])
}
