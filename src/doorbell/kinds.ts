/** The kinds that ring. There is no fourth: not in the types, on the wire, or in the database. */
import { plain } from './text.ts'

export const TERMINAL_KINDS = Object.freeze(['done', 'needs-human', 'frozen'] as const)

export type TerminalKind = (typeof TERMINAL_KINDS)[number]

/** Throws before anything is sent: a kind outside the three is a caller's bug, and a mystery ring is worse than none. */
export function assertTerminalKind(kind: unknown): asserts kind is TerminalKind {
  if (!TERMINAL_KINDS.some((known) => known === kind))
    throw new TypeError(`kind must be one of ${TERMINAL_KINDS.join(', ')}; got ${spell(kind)}`)
}

/** Escalations call a person; a `done` only tells one. */
export function isEscalation(kind: TerminalKind): boolean {
  return kind !== 'done'
}

function spell(kind: unknown): string {
  return typeof kind === 'string' ? JSON.stringify(plain(kind.slice(0, 80))) : typeof kind
}
