/** What waits for what, and what is part of what: dependencies and sub-issues, in any two repositories. */
import { happened } from './issues.ts'
import type { Actor, Issue, Told } from './model.ts'
import type { State } from './state.ts'

export type Blocking = { readonly blocked: Issue; readonly blocker: Issue; readonly actor: Actor }

export function block(state: State, { blocked, blocker, actor }: Blocking): void {
  if (blocked.blockedBy.includes(blocker)) return
  blocked.blockedBy.push(blocker)
  blocker.blocks.push(blocked)
  told(state, { blocked, blocker, actor }, 'added')
}

/** False: it was not blocked by that. */
export function unblock(state: State, { blocked, blocker, actor }: Blocking): boolean {
  if (!blocked.blockedBy.includes(blocker)) return false
  drop(blocked.blockedBy, blocker)
  drop(blocker.blocks, blocked)
  told(state, { blocked, blocker, actor }, 'removed')
  return true
}

function told(state: State, { blocked, blocker, actor }: Blocking, verb: string): void {
  const by: Told = { kind: 'issue', key: 'blocked_by', issue: blocker }
  const of: Told = { kind: 'issue', key: 'blocking', issue: blocked }
  happened(state, blocked, { name: `blocked_by_${verb}`, actor, more: by })
  happened(state, blocker, { name: `blocking_${verb}`, actor, more: of })
}

export type Belonging = { readonly parent: Issue; readonly child: Issue; readonly actor: Actor }

export function adopt(state: State, { parent, child, actor }: Belonging): void {
  if (child.parent !== null) release(state, { parent: child.parent, child, actor })
  child.parent = parent
  parent.subIssues.push(child)
  const sub: Told = { kind: 'issue', key: 'sub_issue', issue: child }
  const above: Told = { kind: 'issue', key: 'parent_issue', issue: parent }
  happened(state, parent, { name: 'sub_issue_added', actor, more: sub })
  happened(state, child, { name: 'parent_issue_added', actor, more: above })
}

export function release(state: State, { parent, child, actor }: Belonging): void {
  child.parent = null
  drop(parent.subIssues, child)
  const sub: Told = { kind: 'issue', key: 'sub_issue', issue: child }
  const above: Told = { kind: 'issue', key: 'parent_issue', issue: parent }
  happened(state, parent, { name: 'sub_issue_removed', actor, more: sub })
  happened(state, child, { name: 'parent_issue_removed', actor, more: above })
}

function drop(from: Issue[], issue: Issue): void {
  const at = from.indexOf(issue)
  if (at !== -1) from.splice(at, 1)
}
