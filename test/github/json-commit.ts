/** Commits, branches and comparisons, as GitHub writes them. */
import { apiOf, nodeId, pageOf, userOrNull } from './json.ts'
import type { Commit, Repository, User } from './model.ts'
import { spell, type State } from './state.ts'

export function commitJson(state: State, repository: Repository, commit: Commit) {
  const { sha, parents, message, author } = commit
  const [api, page] = [apiOf(state, repository), pageOf(repository)]
  const person = { ...gitUser(author), date: spell(commit.at) }
  return {
    url: `${api}/commits/${sha}`,
    sha,
    node_id: nodeId('C', sha),
    html_url: `${page}/commit/${sha}`,
    comments_url: `${api}/commits/${sha}/comments`,
    commit: {
      url: `${api}/git/commits/${sha}`,
      author: person,
      committer: person,
      message,
      comment_count: 0,
      tree: { sha, url: `${api}/git/trees/${sha}` },
      verification: {
        verified: false,
        reason: 'unsigned',
        payload: null,
        signature: null,
        verified_at: null,
      },
    },
    author: userOrNull(state, author),
    committer: userOrNull(state, author),
    parents: parents.map((parent) => ({
      sha: parent,
      url: `${api}/commits/${parent}`,
      html_url: `${page}/commit/${parent}`,
    })),
  }
}

/** As runs and suites tell of their head. */
export function simpleCommitJson({ sha, message, author, at }: Commit) {
  const person = gitUser(author)
  return {
    id: sha,
    tree_id: sha,
    message,
    timestamp: spell(at),
    author: person,
    committer: person,
  }
}

function gitUser(user: User | null) {
  const login = user?.login.replace('[bot]', '') ?? 'somebody'
  return { name: login, email: `${login}@users.noreply.example` }
}

export function refJson(state: State, repository: Repository, branch: string, sha: string) {
  const api = apiOf(state, repository)
  return {
    ref: `refs/heads/${branch}`,
    node_id: nodeId('REF', branch),
    url: `${api}/git/refs/heads/${branch}`,
    object: { sha, type: 'commit', url: `${api}/git/commits/${sha}` },
  }
}

export function commitOfSha(state: State, repository: Repository, sha: string) {
  const commit = repository.commits.get(sha)
  if (commit === undefined) throw new Error(`no commit ${sha}`)
  return commitJson(state, repository, commit)
}

/** As a push tells of it. */
export function pushedCommit(repository: Repository, commit: Commit) {
  return {
    ...simpleCommitJson(commit),
    distinct: true,
    url: `${pageOf(repository)}/commit/${commit.sha}`,
    added: [],
    removed: [],
    modified: [],
  }
}
