/** Users, Apps and repositories, as GitHub writes them. Addresses of pages are on a host that is not there. */
import type { App, Repository, User } from './model.ts'
import { flagsOf, isAtLeast } from './permissions.ts'
import type { Ask } from './route.ts'
import { fullNameOf, spell, type State } from './state.ts'

const pages = 'https://github.example'

export function apiOf(state: State, repository: Repository): string {
  return `${state.url}/repos/${fullNameOf(repository)}`
}

export function pageOf(repository: Repository): string {
  return `${pages}/${fullNameOf(repository)}`
}

export function nodeId(kind: string, id: number | string): string {
  return `${kind}_${Buffer.from(String(id)).toString('base64url')}`
}

export function userJson(state: State, user: User) {
  const { id, login, type } = user
  const api = `${state.url}/users/${encodeURIComponent(login)}`
  return {
    login,
    id,
    node_id: nodeId('U', id),
    avatar_url: `https://avatars.github.example/u/${id}?v=4`,
    gravatar_id: '',
    url: api,
    html_url: `${pages}/${type === 'Bot' ? 'apps/' : ''}${login.replace('[bot]', '')}`,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type,
    user_view_type: 'public',
    site_admin: false,
  }
}

export function userOrNull(state: State, user: User | null) {
  return user === null ? null : userJson(state, user)
}

export function appJson(state: State, app: App) {
  return {
    id: app.id,
    slug: app.slug,
    node_id: nodeId('A', app.id),
    client_id: app.clientId,
    owner: userJson(state, app.owner),
    name: app.slug,
    description: '',
    external_url: `https://${app.slug}.example`,
    html_url: `${pages}/apps/${app.slug}`,
    created_at: '2020-01-01T00:00:00Z',
    updated_at: '2020-01-01T00:00:00Z',
    permissions: { metadata: 'read', issues: 'write' },
    events: [],
  }
}

export function appOrNull(state: State, app: App | null | undefined) {
  return app === null || app === undefined ? null : appJson(state, app)
}

/** What every answer tells of a repository that it names. */
export function briefRepository(state: State, repository: Repository) {
  const { id, name, owner, isPrivate } = repository
  const api = apiOf(state, repository)
  const links = Object.entries(templates).map(([key, rest]) => [`${key}_url`, `${api}${rest}`])
  return {
    id,
    node_id: nodeId('R', id),
    name,
    full_name: fullNameOf(repository),
    private: isPrivate,
    owner: userJson(state, owner),
    html_url: pageOf(repository),
    description: null,
    fork: false,
    url: api,
    ...(Object.fromEntries(links) as Readonly<Record<string, string>>),
  }
}

const templates = {
  archive: '/{archive_format}{/ref}',
  assignees: '/assignees{/user}',
  blobs: '/git/blobs{/sha}',
  branches: '/branches{/branch}',
  collaborators: '/collaborators{/collaborator}',
  comments: '/comments{/number}',
  commits: '/commits{/sha}',
  compare: '/compare/{base}...{head}',
  contents: '/contents/{+path}',
  contributors: '/contributors',
  deployments: '/deployments',
  downloads: '/downloads',
  events: '/events',
  forks: '/forks',
  git_commits: '/git/commits{/sha}',
  git_refs: '/git/refs{/sha}',
  git_tags: '/git/tags{/sha}',
  hooks: '/hooks',
  issue_comment: '/issues/comments{/number}',
  issue_events: '/issues/events{/number}',
  issues: '/issues{/number}',
  keys: '/keys{/key_id}',
  labels: '/labels{/name}',
  languages: '/languages',
  merges: '/merges',
  milestones: '/milestones{/number}',
  notifications: '/notifications{?since,all,participating}',
  pulls: '/pulls{/number}',
  releases: '/releases{/id}',
  stargazers: '/stargazers',
  statuses: '/statuses/{sha}',
  subscribers: '/subscribers',
  subscription: '/subscription',
  tags: '/tags',
  teams: '/teams',
  trees: '/git/trees{/sha}',
}

/** As it is told of a pull request's ends. */
export function repositoryJson(state: State, repository: Repository) {
  const page = pageOf(repository)
  const open = [...repository.issues.values()].filter((each) => each.state === 'open').length
  return {
    ...briefRepository(state, repository),
    git_url: `git:${page.slice('https:'.length)}.git`,
    ssh_url: `git@github.example:${fullNameOf(repository)}.git`,
    clone_url: `${page}.git`,
    svn_url: page,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    forks: 0,
    forks_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    size: 0,
    open_issues: open,
    open_issues_count: open,
    default_branch: repository.defaultBranch,
    is_template: false,
    topics: [],
    has_issues: repository.hasIssues,
    has_projects: true,
    has_wiki: true,
    has_pages: false,
    has_downloads: true,
    has_discussions: false,
    archived: repository.isArchived,
    disabled: false,
    visibility: repository.isPrivate ? 'private' : 'public',
    pushed_at: spell(repository.createdAt),
    created_at: spell(repository.createdAt),
    updated_at: spell(repository.createdAt),
  }
}

/** `role`: of whoever asks. An installation is not told how it may merge. */
export function fullRepositoryJson(
  state: State,
  repository: Repository,
  { role, token }: Pick<Ask, 'role' | 'token'>,
) {
  const { mergeMethods } = repository
  const isTold = isAtLeast(role, 'write') && token?.installation == null
  return {
    ...repositoryJson(state, repository),
    permissions: flagsOf(role),
    ...(isTold && {
      allow_squash_merge: mergeMethods.includes('squash'),
      allow_merge_commit: mergeMethods.includes('merge'),
      allow_rebase_merge: mergeMethods.includes('rebase'),
      allow_auto_merge: false,
      delete_branch_on_merge: false,
    }),
    subscribers_count: 0,
    network_count: 0,
  }
}
