/** Repositories, and who may do what in them. */
import { fullRepositoryJson, repositoryJson, userJson } from './json.ts'
import { flagsOf, isAtLeast, levelOf } from './permissions.ts'
import { type Ask, notFound, ok, Refusal, type Route } from './route.ts'
import { findUser } from './state.ts'
import type { User } from './model.ts'

export const repositoryRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'R',
    operation: 'repos/get',
    needs: ['metadata', 'read'],
    answer: (ask) => ok(fullRepositoryJson(ask.state, ask.repository, ask)),
  },
  {
    method: 'GET',
    path: 'R/collaborators/{username}',
    operation: 'repos/check-collaborator',
    needs: ['metadata', 'read'],
    answer(ask) {
      mustPush(ask)
      const user = someUser(ask)
      const isOne = ask.repository.grants.has(user.id) || ask.repository.owner.id === user.id
      if (!isOne) throw notFound()
      return { status: 204 }
    },
  },
  {
    method: 'GET',
    path: 'R/collaborators/{username}/permission',
    operation: 'repos/get-collaborator-permission-level',
    needs: ['metadata', 'read'],
    answer(ask) {
      mustPush(ask)
      const user = someUser(ask)
      const level = levelOf(ask.repository, user)
      if (level === null) throw notFound()
      const { permission, roleName, role } = level
      return ok({
        permission,
        role_name: roleName,
        user: { ...userJson(ask.state, user), permissions: flagsOf(role), role_name: roleName },
      })
    },
  },
  {
    method: 'GET',
    path: '/rate_limit',
    operation: 'rate-limit/get',
    answer({ standing }) {
      const core = standing('core')
      const search = { limit: 30, used: 0, remaining: 30, reset: core.reset }
      return ok({ resources: { core, search, graphql: standing('graphql') }, rate: core })
    },
  },
  {
    method: 'GET',
    path: '/user',
    operation: 'users/get-authenticated',
    answer({ state, actor, token }) {
      if (token?.installation !== null)
        throw new Refusal(403, 'Resource not accessible by integration')
      return ok(userJson(state, actor.user))
    },
  },
  {
    method: 'GET',
    path: '/users/{username}',
    operation: 'users/get-by-username',
    answer: (ask) => ok(userJson(ask.state, someUser(ask))),
  },
  {
    method: 'GET',
    path: '/installation/repositories',
    operation: 'apps/list-repos-accessible-to-installation',
    answer({ state, token }) {
      const { installation = null, repositories = null } = token ?? {}
      if (installation === null)
        throw new Refusal(403, 'You must authenticate with an installation access token')
      const all = state.repositories.filter(({ owner }) => owner.id === installation.account.id)
      const seen = (repositories ?? all).map((each) => repositoryJson(state, each))
      return ok({ total_count: seen.length, repositories: seen })
    },
  },
]

function mustPush({ role }: Ask): void {
  if (!isAtLeast(role, 'write'))
    throw new Refusal(403, 'Must have push access to view collaborator permission.')
}

function someUser({ state, params }: Ask): User {
  const user = findUser(state, params['username'] ?? '')
  if (user === null) throw notFound()
  return user
}
