/** The timeline of an issue: its events and comments, and who mentions it, in the order they happened. */
import { commentJson, eventJson, issueJson, type IssueView } from './json-issue.ts'
import { userOrNull } from './json.ts'
import type { Issue } from './model.ts'
import { fullNameOf, spell, type State } from './state.ts'

export function timeline(state: State, issue: Issue, view: IssueView): readonly object[] {
  const events = issue.events.map((each) => ({ at: each.at, json: eventJson(state, issue, each) }))
  const comments = issue.comments.map((each) => {
    const user = userOrNull(state, each.author?.user ?? null)
    return {
      at: each.createdAt,
      json: { ...commentJson(state, each), event: 'commented', actor: user },
    }
  })
  const mentions = mentionsOf(state, issue).map((source) => ({
    at: source.createdAt,
    json: {
      event: 'cross-referenced',
      actor: userOrNull(state, source.author?.user ?? null),
      created_at: spell(source.createdAt),
      updated_at: spell(source.createdAt),
      source: { type: 'issue', issue: issueJson(state, source, view) },
    },
  }))
  return [...events, ...comments, ...mentions]
    .toSorted((a, b) => a.at - b.at)
    .map(({ json }) => json)
}

/** The issues and pull requests, of any repository, whose text names it: `#1`, or `octo/infra#1`. */
function mentionsOf({ repositories }: State, { repository, number }: Issue): readonly Issue[] {
  const name = fullNameOf(repository).toLowerCase()
  const isNamed = (other: Issue) =>
    [...`${other.title}\n${other.body ?? ''}`.matchAll(/([\w.-]+\/[\w.-]+)?#(\d+)/g)].some(
      ([, where, which]) =>
        Number(which) === number &&
        (where === undefined ? other.repository === repository : where.toLowerCase() === name),
    )
  return repositories
    .flatMap(({ issues }) => [...issues.values()])
    .filter((other) => !(other.repository === repository && other.number === number))
    .filter(isNamed)
}
