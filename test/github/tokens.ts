/** The tokens that the stand-in knows, and whom each of them stands for. */
import type { Actor, App, Installation, Permissions, Repository, Token, User } from './model.ts'
import type { State } from './state.ts'

export type TokenOptions = {
  /** As a fine-grained token has them. Default: a classic token, whatever the user may. */
  readonly permissions?: Permissions
  /** As a classic token has them. Default: `repo`. */
  readonly scopes?: readonly string[]
  readonly repositories?: readonly Repository[]
  readonly expiresAt?: number
  /** The App acts for the user. */
  readonly via?: App
}

export function userToken(state: State, user: User, options: TokenOptions = {}): Token {
  const { permissions = null, repositories = null, expiresAt = null, via = null } = options
  const { scopes = ['repo'] } = options
  const kind = permissions === null ? 'classic' : 'fine-grained'
  const prefix = kind === 'classic' ? 'ghp_' : 'github_pat_'
  return keep(state, {
    value: `${prefix}${user.login.replaceAll(/\W/g, '')}${state.nextId()}`,
    user,
    kind,
    app: via,
    installation: null,
    permissions,
    scopes: permissions === null ? scopes : null,
    repositories,
    expiresAt,
    isRevoked: false,
  })
}

export type Narrowing = {
  readonly permissions?: Permissions
  readonly repositories?: readonly Repository[]
  readonly expiresAt?: number
}

/** For an hour, and for no more than the installation may. */
export function installationToken(
  state: State,
  installation: Installation,
  narrowing: Narrowing = {},
): Token {
  // Of the new, long kind: no length and no pattern may be assumed.
  const claims = Buffer.from(JSON.stringify({ n: state.nextId() })).toString('base64url')
  return keep(state, {
    value: `ghs_${installation.app.id}_eyJhbGciOiJFUzI1NiJ9.${claims.padEnd(240, 'A')}.c2ln`,
    user: installation.app.bot,
    kind: 'installation',
    app: installation.app,
    installation,
    permissions: narrowing.permissions ?? installation.permissions,
    scopes: null,
    repositories: narrowing.repositories ?? installation.repositories,
    expiresAt: narrowing.expiresAt ?? state.now() + 3_600_000,
    isRevoked: false,
  })
}

/** Whether a classic token reaches so far: `repo` for all, `public_repo` for what is public. */
export function isInScope({ scopes }: Token, { isPrivate }: Repository): boolean {
  const enough = isPrivate ? ['repo'] : ['repo', 'public_repo']
  return scopes === null || scopes.some((scope) => enough.includes(scope))
}

export function actorOf({ user, app }: Token): Actor {
  return { user, app }
}

function keep(state: State, token: Token): Token {
  state.tokens.set(token.value, token)
  return token
}
