/** Labels: on an issue, and those that a repository has. Names compare without regard to case. */
import { issueOf, mustBe } from './issue-routes.ts'
import { labelJson } from './json-issue.ts'
import * as acts from './issues.ts'
import type { Issue } from './model.ts'
import { paged } from './paging.ts'
import { type Ask, invalid, notFound, ok, Refusal, type Route } from './route.ts'

export const labelRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'R/issues/{number}/labels',
    operation: 'issues/list-labels-on-issue',
    query: ['per_page', 'page'],
    needs: ['issues', 'read'],
    answer(ask) {
      const { items, headers } = paged(ask, issueOf(ask).labels)
      return ok(
        items.map((each) => labelJson(ask.state, ask.repository, each)),
        headers,
      )
    },
  },
  {
    method: 'POST',
    path: 'R/issues/{number}/labels',
    operation: 'issues/add-labels',
    needs: ['issues', 'write'],
    answer(ask) {
      const issue = triaged(ask)
      for (const name of namesOf(ask)) acts.addLabel(ask.state, issue, { name, actor: ask.actor })
      return labelsOf(ask, issue)
    },
  },
  {
    method: 'PUT',
    path: 'R/issues/{number}/labels',
    operation: 'issues/set-labels',
    needs: ['issues', 'write'],
    answer(ask) {
      const issue = triaged(ask)
      const names = namesOf(ask)
      const { state, actor } = ask
      for (const { name } of issue.labels)
        if (!names.some((each) => each.toLowerCase() === name.toLowerCase()))
          acts.removeLabel(state, issue, { name, actor })
      for (const name of names) acts.addLabel(state, issue, { name, actor })
      return labelsOf(ask, issue)
    },
  },
  {
    method: 'DELETE',
    path: 'R/issues/{number}/labels/{name}',
    operation: 'issues/remove-label',
    needs: ['issues', 'write'],
    answer(ask) {
      const issue = triaged(ask)
      const name = ask.params['name'] ?? ''
      if (!acts.removeLabel(ask.state, issue, { name, actor: ask.actor }))
        throw new Refusal(404, 'Label does not exist')
      return labelsOf(ask, issue)
    },
  },
  {
    method: 'GET',
    path: 'R/labels',
    operation: 'issues/list-labels-for-repo',
    query: ['per_page', 'page'],
    needs: ['issues', 'read'],
    answer(ask) {
      const { items, headers } = paged(ask, ask.repository.labels)
      return ok(
        items.map((each) => labelJson(ask.state, ask.repository, each)),
        headers,
      )
    },
  },
  {
    method: 'GET',
    path: 'R/labels/{name}',
    operation: 'issues/get-label',
    needs: ['issues', 'read'],
    answer({ state, repository, params }) {
      const label = acts.findLabel(repository.labels, params['name'] ?? '')
      if (label === null) throw notFound()
      return ok(labelJson(state, repository, label))
    },
  },
  {
    method: 'POST',
    path: 'R/labels',
    operation: 'issues/create-label',
    needs: ['issues', 'write'],
    answer(ask) {
      mustBe(ask, 'write')
      const { state, repository, body } = ask
      const name = body['name'] as string
      if (acts.findLabel(repository.labels, name) !== null)
        throw invalid({ resource: 'Label', field: 'name', code: 'already_exists' })
      const label = acts.labelIn(state, repository, name)
      return { status: 201, json: labelJson(state, repository, label) }
    },
  },
]

function triaged(ask: Ask): Issue {
  const issue = issueOf(ask)
  mustBe(ask, 'triage')
  return issue
}

function namesOf({ body }: Ask): readonly string[] {
  const { labels = [] } = body as Labels
  const names = labels.map((each) => (typeof each === 'string' ? each : each.name))
  const isWrong = names.some((name) => name.trim() === '' || name.length > 50)
  if (isWrong) throw invalid({ resource: 'Label', field: 'name', code: 'invalid' })
  return names
}

type Labels = { readonly labels?: ReadonlyArray<string | { readonly name: string }> }

function labelsOf({ state, repository }: Ask, issue: Issue) {
  return ok(issue.labels.map((each) => labelJson(state, repository, each)))
}
