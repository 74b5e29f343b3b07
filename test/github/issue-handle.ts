/**
 * An issue in the hands of the people of the world, who are not asked whether they may.
 *
 * `by` is who does it, the repository's owner if nobody is named; with `via`, an App does it for them.
 */
import { adopt, block, release, unblock } from './dependencies.ts'
import * as acts from './issues.ts'
import type { Actor, App, Comment, Issue, Repository, StateReason, User } from './model.ts'
import type { State } from './state.ts'

export type By = { readonly by?: User; readonly via?: App }

export type IssueHandle = {
  readonly record: Issue
  readonly number: number
  readonly id: number
  label(name: string, by?: By): void
  unlabel(name: string, by?: By): void
  /** The labels are these and no others, each change with its event. */
  relabel(names: readonly string[], by?: By): void
  retitle(title: string, by?: By): void
  /** Leaves no event, but an edit that GraphQL tells of. */
  rewrite(body: string | null, by?: By): void
  close(how?: By & { readonly reason?: StateReason; readonly commit?: string }): void
  reopen(by?: By): void
  lock(by?: By & { readonly reason?: string }): void
  unlock(by?: By): void
  /** Its author's account is gone, and so is the actor of whatever they did to it. */
  orphan(): void
  remove(): void
  transfer(to: { readonly record: Repository }): IssueHandle
  comment(body: string, by?: By): Comment
  editComment(comment: Comment, body: string): void
  removeComment(comment: Comment): void
  blockBy(blocker: { readonly record: Issue }, by?: By): void
  unblockBy(blocker: { readonly record: Issue }, by?: By): void
  adopt(child: { readonly record: Issue }, by?: By): void
  release(child: { readonly record: Issue }, by?: By): void
}

export function actorIn(repository: Repository, { by, via }: By): Actor {
  return { user: by ?? repository.owner, app: via ?? null }
}

export function issueHandle(state: State, issue: Issue): IssueHandle {
  const who = (by: By = {}) => actorIn(issue.repository, by)
  return {
    record: issue,
    number: issue.number,
    id: issue.id,
    label: (name, by) => acts.addLabel(state, issue, { name, actor: who(by) }),
    unlabel: (name, by) => void acts.removeLabel(state, issue, { name, actor: who(by) }),
    relabel(names, by) {
      const gone = issue.labels.filter(({ name }) => !names.includes(name))
      for (const { name } of gone) acts.removeLabel(state, issue, { name, actor: who(by) })
      for (const name of names) acts.addLabel(state, issue, { name, actor: who(by) })
    },
    retitle: (title, by) => acts.retitle(state, issue, title, who(by)),
    rewrite: (body, by) => acts.rewrite(state, issue, body, who(by)),
    close: ({ reason, commit, ...by } = {}) =>
      acts.close(state, issue, {
        actor: who(by),
        ...(reason !== undefined && { reason }),
        ...(commit !== undefined && { commit }),
      }),
    reopen: (by) => acts.reopen(state, issue, who(by)),
    lock: ({ reason, ...by } = {}) => acts.lock(state, issue, reason ?? null, who(by)),
    unlock: (by) => acts.unlock(state, issue, who(by)),
    orphan: () => orphan(issue),
    remove: () => void (issue.isDeleted = true),
    transfer: (to) => issueHandle(state, acts.transfer(state, issue, to.record)),
    comment: (body, by) => acts.comment(state, issue, { body, author: who(by) }),
    editComment: (comment, body) => acts.editComment(state, comment, body),
    removeComment: (comment) => acts.removeComment(state, comment),
    blockBy: ({ record }, by) => block(state, { blocked: issue, blocker: record, actor: who(by) }),
    unblockBy: ({ record }, by) =>
      void unblock(state, { blocked: issue, blocker: record, actor: who(by) }),
    adopt: ({ record }, by) => adopt(state, { parent: issue, child: record, actor: who(by) }),
    release: ({ record }, by) => release(state, { parent: issue, child: record, actor: who(by) }),
  }
}

function orphan(issue: Issue): void {
  const gone = issue.author?.user.id
  issue.author = null
  for (const event of issue.events) if (event.actor?.user.id === gone) event.actor = null
}
