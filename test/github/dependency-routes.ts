/** Dependencies, sub-issues and parents. An issue is named by its id in a body, and by its number in a path. */
import { adopt, block, release, unblock } from './dependencies.ts'
import { issueOf, mustBe } from './issue-routes.ts'
import { issueJson } from './json-issue.ts'
import type { Issue } from './model.ts'
import { paged } from './paging.ts'
import { type Answer, type Ask, notFound, ok, type Route } from './route.ts'

const reading = ['issues', 'read'] as const
const writing = ['issues', 'write'] as const
const pages = ['per_page', 'page']
const at = 'R/issues/{number}'

export const dependencyRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${at}/dependencies/blocked_by`,
    operation: 'issues/list-dependencies-blocked-by',
    needs: reading,
    answer: (ask) => listed(ask, here(ask).blockedBy),
  },
  {
    method: 'POST',
    path: `${at}/dependencies/blocked_by`,
    operation: 'issues/add-blocked-by-dependency',
    needs: writing,
    answer(ask) {
      const [blocked, blocker] = [changed(ask), other(ask, ask.body['issue_id'])]
      block(ask.state, { blocked, blocker, actor: ask.actor })
      return { status: 201, json: issueJson(ask.state, blocked, ask.settings) }
    },
  },
  {
    method: 'DELETE',
    path: `${at}/dependencies/blocked_by/{issue_id}`,
    operation: 'issues/remove-dependency-blocked-by',
    needs: writing,
    answer(ask) {
      const [blocked, blocker] = [changed(ask), other(ask, Number(ask.params['issue_id']))]
      if (!unblock(ask.state, { blocked, blocker, actor: ask.actor })) throw notFound()
      return ok(issueJson(ask.state, blocked, ask.settings))
    },
  },
  {
    method: 'GET',
    path: `${at}/dependencies/blocking`,
    operation: 'issues/list-dependencies-blocking',
    query: pages,
    needs: reading,
    answer: (ask) => listed(ask, here(ask).blocks),
  },
  {
    method: 'GET',
    path: `${at}/sub_issues`,
    operation: 'issues/list-sub-issues',
    needs: reading,
    answer: (ask) => listed(ask, here(ask).subIssues),
  },
  {
    method: 'POST',
    path: `${at}/sub_issues`,
    operation: 'issues/add-sub-issue',
    needs: writing,
    answer(ask) {
      const [parent, child] = [changed(ask), other(ask, ask.body['sub_issue_id'])]
      adopt(ask.state, { parent, child, actor: ask.actor })
      return { status: 201, json: issueJson(ask.state, child, ask.settings) }
    },
  },
  {
    method: 'DELETE',
    path: `${at}/sub_issue`,
    operation: 'issues/remove-sub-issue',
    needs: writing,
    answer(ask) {
      const [parent, child] = [changed(ask), other(ask, ask.body['sub_issue_id'])]
      if (child.parent !== parent) throw notFound()
      release(ask.state, { parent, child, actor: ask.actor })
      return ok(issueJson(ask.state, child, ask.settings))
    },
  },
  {
    method: 'GET',
    path: `${at}/parent`,
    operation: 'issues/get-parent',
    needs: reading,
    answer(ask) {
      const { parent } = here(ask)
      if (parent === null) throw notFound()
      return ok(issueJson(ask.state, parent, ask.settings))
    },
  },
]

/** An older server has none of these. */
function here(ask: Ask): Issue {
  if (!ask.settings.hasDependencies) throw notFound()
  return issueOf(ask)
}

function changed(ask: Ask): Issue {
  const issue = here(ask)
  mustBe(ask, 'triage')
  return issue
}

/** In any repository. */
function other({ state }: Ask, id: unknown): Issue {
  const all = state.repositories.flatMap(({ issues }) => [...issues.values()])
  const issue = all.find((each) => each.id === id && !each.isDeleted)
  if (issue === undefined) throw notFound()
  return issue
}

function listed(ask: Ask, issues: readonly Issue[]): Answer {
  const { items, headers } = paged(ask, issues)
  return ok(
    items.map((each) => issueJson(ask.state, each, ask.settings)),
    headers,
  )
}
