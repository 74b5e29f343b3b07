/**
 * What happened to an issue, as its events tell it. Pure.
 *
 * Who applied a label is whoever applied it last, with no later removal. An account that is gone is nobody.
 */
import { isSame } from './names.ts'
import type { User } from './raw-issue.ts'

export type Happened = {
  readonly event: string
  readonly at: number
  /** Null: the account is gone. */
  readonly actor: User | null
  readonly label: string | null
  readonly commit: string | null
}

/** Null: nobody, as far as the events tell. */
export function lastLabelled(events: readonly Happened[], label: string): Happened | null {
  let last: Happened | null = null
  for (const each of inOrder(events)) {
    if (each.label === null || !isSame(each.label, label)) continue
    if (each.event === 'labeled') last = each
    if (each.event === 'unlabeled') last = null
  }
  return last
}

export function last(events: readonly Happened[], ...kinds: readonly string[]): Happened | null {
  return inOrder(events).findLast(({ event }) => kinds.includes(event)) ?? null
}

/** Oldest first, which is how they come; where two are of one second, as they came. */
function inOrder(events: readonly Happened[]): readonly Happened[] {
  return events.toSorted((one, other) => one.at - other.at)
}
