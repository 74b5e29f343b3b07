/** All that the stand-in remembers, in one place, and what every part of it asks of that. */
import type { App, Installation, Repository, Token, User } from './model.ts'

export type State = {
  now: () => number
  /** Of the API, without a slash at its end. */
  url: string
  /** Where logs are fetched from: another origin, and no token belongs there. */
  blobUrl: string
  readonly users: User[]
  readonly apps: App[]
  readonly installations: Installation[]
  readonly tokens: Map<string, Token>
  readonly repositories: Repository[]
  nextId(): number
}

export function emptyState(now: () => number): State {
  let last = 1_000_000
  return {
    now,
    url: '',
    blobUrl: '',
    users: [],
    apps: [],
    installations: [],
    tokens: new Map(),
    repositories: [],
    nextId: () => (last += 7),
  }
}

/** Logins compare without regard to case. */
export function findUser(state: State, login: string): User | null {
  const wanted = login.toLowerCase()
  return state.users.find((user) => user.login.toLowerCase() === wanted) ?? null
}

/** Made where nobody has the login. */
export function userOf(state: State, login: string, type: User['type'] = 'User'): User {
  const known = findUser(state, login)
  if (known !== null) return known
  const made = { id: state.nextId(), login, type }
  state.users.push(made)
  return made
}

export function fullNameOf({ owner, name }: Repository): string {
  return `${owner.login}/${name}`
}

/** As GitHub tells instants: to the second. */
export function spell(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`
}

export function spellOrNull(at: number | null): string | null {
  return at === null ? null : spell(at)
}
