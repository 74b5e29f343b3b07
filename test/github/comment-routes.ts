/**
 * Comments: listed by ascending id, made, and changed by an address without the issue's number.
 *
 * A body of more than 65,536 characters, or of none, is refused; so is a comment on a locked issue by
 * whoever is no collaborator. There is no optimistic lock: the last write wins.
 */
import { forbidden, issueOf } from './issue-routes.ts'
import { commentJson } from './json-issue.ts'
import * as acts from './issues.ts'
import type { Comment } from './model.ts'
import { paged } from './paging.ts'
import { isAtLeast } from './permissions.ts'
import { type Ask, invalid, notFound, ok, Refusal, type Route } from './route.ts'

export const commentRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'R/issues/{number}/comments',
    operation: 'issues/list-comments',
    needs: ['issues', 'read'],
    answer(ask) {
      const since = Date.parse(ask.query.get('since') ?? '1970-01-01T00:00:00Z')
      const asked = issueOf(ask).comments.filter(({ updatedAt }) => updatedAt >= since)
      const { items, headers } = paged(
        ask,
        asked.toSorted((a, b) => a.id - b.id),
      )
      return ok(
        items.map((each) => commentJson(ask.state, each)),
        headers,
      )
    },
  },
  {
    method: 'POST',
    path: 'R/issues/{number}/comments',
    operation: 'issues/create-comment',
    needs: ['issues', 'write'],
    answer(ask) {
      const issue = issueOf(ask)
      if (issue.isLocked && !isAtLeast(ask.role, 'triage'))
        throw new Refusal(403, 'Unable to create comment because issue is locked.')
      const made = acts.comment(ask.state, issue, { body: textOf(ask), author: ask.actor })
      const json = commentJson(ask.state, made)
      return { status: 201, json, headers: { location: json.url } }
    },
  },
  {
    method: 'GET',
    path: 'R/issues/comments/{comment_id}',
    operation: 'issues/get-comment',
    needs: ['issues', 'read'],
    answer: (ask) => ok(commentJson(ask.state, commentOf(ask))),
  },
  {
    method: 'PATCH',
    path: 'R/issues/comments/{comment_id}',
    operation: 'issues/update-comment',
    needs: ['issues', 'write'],
    answer(ask) {
      const comment = mine(ask)
      acts.editComment(ask.state, comment, textOf(ask))
      return ok(commentJson(ask.state, comment))
    },
  },
  {
    method: 'DELETE',
    path: 'R/issues/comments/{comment_id}',
    operation: 'issues/delete-comment',
    needs: ['issues', 'write'],
    answer(ask) {
      acts.removeComment(ask.state, mine(ask))
      return { status: 204 }
    },
  },
]

const maxLength = 65_536

function textOf({ body }: Ask): string {
  const text = body['body'] as string
  const wrong = { resource: 'IssueComment', field: 'data', code: 'unprocessable' }
  if (text === '') throw invalid({ ...wrong, message: 'Body cannot be blank' })
  if (text.length > maxLength)
    throw invalid({ ...wrong, message: `Body is too long (maximum is ${maxLength} characters)` })
  return text
}

function commentOf({ repository, params }: Ask): Comment {
  const id = Number(params['comment_id'])
  const comments = [...repository.issues.values()]
    .filter(({ isDeleted, movedTo }) => !isDeleted && movedTo === null)
    .flatMap((issue) => issue.comments)
  const comment = comments.find((each) => each.id === id)
  if (comment === undefined) throw notFound()
  return comment
}

/** Whoever may write may edit anybody's. */
function mine(ask: Ask): Comment {
  const comment = commentOf(ask)
  const isAuthor = comment.author?.user.id === ask.actor.user.id
  if (!isAuthor && !isAtLeast(ask.role, 'write')) throw forbidden()
  return comment
}
