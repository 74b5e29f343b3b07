/**
 * What a person reads: a terminal event, rendered. Pure.
 *
 * The detail keeps its words and lines; what could drive a terminal, break a header or turn the
 * reading order around is dropped (text.ts). The repository's name is one line. The link is encoded
 * and checked (link.ts). A kind outside the three throws before anything else happens.
 */
import { assertTerminalKind, type TerminalKind } from './kinds.ts'
import { linkFor, type LinkOptions } from './link.ts'
import { oneLine, plain } from './text.ts'

/** An issue in a tracker. `repo` as the tracker writes it (`infra`, `acme/web`); `number` without the `#`. */
export type Issue = {
  readonly repo: string
  readonly number: number
  readonly title?: string
  readonly url?: string
  readonly labels?: readonly string[]
  /** Numbers of the issues in the same repository that must close first. */
  readonly blockedBy?: readonly number[]
  /** Whether the ready label's last application was by someone with write access. */
  readonly labeledByTrusted?: boolean
  /** Lower goes first. */
  readonly priority?: number
}

/** The end of a run: the only thing that rings. */
export type TerminalEvent = {
  readonly kind: TerminalKind
  readonly issue: Issue
  /** The agent's conversation; null or empty if there never was one. */
  readonly threadId: string | null
  /** Plain text, any length, any characters: channels show what they can and cut the rest. */
  readonly detail: string
  /** The T3 Code environment that holds the thread; only the `t3` templates need it. */
  readonly environmentId?: string
}

export type Notification = {
  readonly kind: TerminalKind
  /** `<repo>#<number>` */
  readonly issueRef: string
  readonly title: string
  readonly body: string
  readonly link: string | null
  readonly priority: 'low' | 'high'
  readonly tags: readonly string[]
}

/**
 * Renders an event.
 *
 * @throws {TypeError} if the kind is not one of the three, or the link is not one that may be shown.
 * @example
 * ```ts
 * import { renderNotification } from 'afk-loop'
 *
 * const { title, link } = renderNotification(
 *   { kind: 'done', issue: { repo: 'infra', number: 42 }, threadId: 't-1', detail: 'merged' },
 *   { baseUrl: 'https://t3.example' },
 * )
 * // title: '[DONE] infra#42 landed', link: 'https://t3.example/?thread=t-1'
 * ```
 */
export function renderNotification(event: TerminalEvent, options: LinkOptions = {}): Notification {
  assertTerminalKind(event.kind)
  const { marker, headline, priority, tags } = looks[event.kind]
  const issueRef = `${oneLine(event.issue.repo)}#${event.issue.number}`
  const link = linkFor(event, options)
  const detail = plain(event.detail)
  return {
    kind: event.kind,
    issueRef,
    title: `${marker} ${issueRef} ${headline}`,
    body: link === null ? detail : `${detail}${threadLine(link)}`,
    link,
    priority,
    tags,
  }
}

/** What `renderNotification` puts below the detail when there is a link. */
export function threadLine(link: string): string {
  return `\nThread: ${link}`
}

const looks = {
  done: {
    marker: '[DONE]',
    headline: 'landed',
    priority: 'low',
    tags: Object.freeze(['afk', 'done']),
  },
  'needs-human': {
    marker: '[NEEDS-HUMAN]',
    headline: 'needs a human',
    priority: 'high',
    tags: Object.freeze(['afk', 'escalation', 'needs-human']),
  },
  frozen: {
    marker: '[FROZEN]',
    headline: 'frozen — budget exhausted',
    priority: 'high',
    tags: Object.freeze(['afk', 'escalation', 'frozen']),
  },
} as const satisfies Record<TerminalKind, unknown>
