/**
 * The world of the stand-in: who there is, what they hold, and what they do.
 *
 * A repository's handle has what happens in it. Ids count up from far above any number. Logins and names
 * of repositories compare without regard to case.
 */
import { keysOf, newApp } from './apps.ts'
import type { App, Installation, Permissions, Repository, User } from './model.ts'
import { repository, type RepositoryHandle, type RepositoryOptions } from './repository.ts'
import { emptyState, type State, userOf } from './state.ts'
import { installationToken, type Narrowing, type TokenOptions, userToken } from './tokens.ts'
import { type WebhookEvents, webhookEvents } from './webhook-events.ts'
import { deliver, type Delivered, type DeliverOptions, type WebhookEvent } from './webhooks.ts'

export type World = {
  /** Where everything is kept; for what has no method here. */
  readonly state: State
  /** Made where nobody has the login yet. */
  user(login: string, type?: User['type']): User
  /** The login is free for others afterwards; the id stays. */
  rename(user: User, login: string): void
  /** `owner/name`; the owner is made, too. */
  repository(fullName: string, options?: RepositoryOptions): RepositoryHandle
  app(slug: string): App
  /** With which the App signs its JWTs: PEM. */
  privateKey(app: App): string
  install(app: App, options: InstallOptions): Installation
  /** Its value. */
  token(user: User, options?: TokenOptions): string
  installationToken(installation: Installation, narrowing?: Narrowing): string
  revoke(token: string): void
  /** Webhooks, to be delivered. */
  readonly events: WebhookEvents
  /** Posts a webhook; what its receiver answered each time. */
  deliver(event: WebhookEvent, options: DeliverOptions): Promise<readonly Delivered[]>
}

export type InstallOptions = {
  readonly account: User
  readonly permissions: Permissions
  readonly repositories?: readonly Repository[]
}

export function world(now: () => number): World {
  const state = emptyState(now)
  const user: World['user'] = (login, type) => userOf(state, login, type)
  return {
    state,
    user,
    rename: (who, login) => void (who.login = login),
    repository(fullName, options = {}) {
      const [owner = '', name = ''] = fullName.split('/')
      return repository(state, { ...options, owner: user(owner), name })
    },
    app: (slug) => state.apps.find((app) => app.slug === slug) ?? newApp(state, slug),
    privateKey: (app) => keysOf(app).privateKey,
    install(app, { account, permissions, repositories = null }) {
      const made = { id: state.nextId(), app, account, permissions, repositories }
      state.installations.push(made)
      return made
    },
    token: (who, options) => userToken(state, who, options).value,
    installationToken: (installation, narrowing) =>
      installationToken(state, installation, narrowing).value,
    events: webhookEvents(state),
    deliver,
    revoke(value) {
      const token = state.tokens.get(value)
      if (token === undefined) throw new Error('no such token')
      token.isRevoked = true
    },
  }
}
