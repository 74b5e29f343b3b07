/**
 * Who may do what in a repository, and what the permission endpoint says of it.
 *
 * A private repository that somebody may not read is not there for them. Maintain is told as `write` and
 * triage as `read`; a bot is unknown to the endpoint; everybody reads a public repository.
 */
import type { Grant, Repository, Role, User } from './model.ts'

const order: readonly Role[] = ['read', 'triage', 'write', 'maintain', 'admin']

/** Null: none. */
export function roleOf(repository: Repository, user: User | null): Role | null {
  const everybody = repository.isPrivate ? null : 'read'
  if (user === null) return everybody
  if (repository.owner.id === user.id) return 'admin'
  const grant = repository.grants.get(user.id)
  return grant === undefined ? everybody : baseOf(grant)
}

export function isAtLeast(role: Role | null, wanted: Role): boolean {
  return role !== null && order.indexOf(role) >= order.indexOf(wanted)
}

export type Level = {
  readonly permission: 'admin' | 'write' | 'read' | 'none'
  readonly roleName: string
  readonly role: Role | null
}

/** Null: the endpoint knows no such collaborator. */
export function levelOf(repository: Repository, user: User): Level | null {
  if (user.type === 'Bot') return null
  const role = roleOf(repository, user)
  if (role === null) return { permission: 'none', roleName: 'none', role }
  const grant = repository.grants.get(user.id)
  const isCustom = typeof grant === 'object' && repository.owner.id !== user.id
  return { permission: legacy(role), roleName: isCustom ? grant.name : role, role }
}

/** As a `permissions` object has them. */
export function flagsOf(role: Role | null) {
  return {
    admin: isAtLeast(role, 'admin'),
    maintain: isAtLeast(role, 'maintain'),
    push: isAtLeast(role, 'write'),
    triage: isAtLeast(role, 'triage'),
    pull: role !== null,
  }
}

function baseOf(grant: Grant): Role {
  return typeof grant === 'string' ? grant : grant.base
}

function legacy(role: Role): 'admin' | 'write' | 'read' {
  if (role === 'admin') return 'admin'
  return isAtLeast(role, 'write') ? 'write' : 'read'
}
