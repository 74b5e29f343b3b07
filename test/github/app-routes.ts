/**
 * Apps: who an App is, where it is installed, and the tokens of an installation.
 *
 * These take no token but a JWT that the App signed: RS256, issued by its id or client id, and valid for no
 * more than ten minutes. A token is for an hour and may be narrowed, never widened.
 */
import { verify } from 'node:crypto'

import { keysOf } from './apps.ts'
import { appJson, repositoryJson, userJson } from './json.ts'
import type { Access, App, Area, Installation, Permissions, Repository } from './model.ts'
import { type Ask, notFound, ok, Refusal, type Route } from './route.ts'
import { spell, spellOrNull, type State } from './state.ts'
import { installationToken } from './tokens.ts'

export const appRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: '/app',
    operation: 'apps/get-authenticated',
    answer: (ask) => ok(appJson(ask.state, appOf(ask))),
  },
  {
    method: 'GET',
    path: '/app/installations',
    operation: 'apps/list-installations',
    query: ['per_page', 'page'],
    answer(ask) {
      const app = appOf(ask)
      const all = ask.state.installations.filter((each) => each.app === app)
      return ok(all.map((each) => installationJson(ask.state, each)))
    },
  },
  {
    method: 'GET',
    path: 'R/installation',
    operation: 'apps/get-repo-installation',
    answer(ask) {
      const app = appOf(ask)
      const found = ask.state.installations.find(
        (each) => each.app === app && isOn(each, ask.repository),
      )
      if (found === undefined) throw notFound()
      return ok(installationJson(ask.state, found))
    },
  },
  {
    method: 'POST',
    path: '/app/installations/{installation_id}/access_tokens',
    operation: 'apps/create-installation-access-token',
    answer: mint,
  },
]

function isOn({ account, repositories }: Installation, repository: Repository): boolean {
  return account.id === repository.owner.id && (repositories?.includes(repository) ?? true)
}

type Claims = { readonly iat?: number; readonly exp?: number; readonly iss?: number | string }

function appOf({ authorization, state }: Ask): App {
  const [, jwt = ''] = /^Bearer (eyJ\S+)$/.exec(authorization) ?? []
  const [head = '', claims = '', signature = ''] = jwt.split('.')
  const { alg } = decoded(head) as { readonly alg?: string }
  const { iat = Infinity, exp = 0, iss } = decoded(claims) as Claims
  const app = state.apps.find(({ id, clientId }) => [String(id), clientId].includes(String(iss)))
  if (app === undefined || alg !== 'RS256') throw undecoded()
  const signed = Buffer.from(`${head}.${claims}`)
  const { publicKey } = keysOf(app)
  if (!verify('RSA-SHA256', signed, publicKey, Buffer.from(signature, 'base64url')))
    throw undecoded()
  const now = state.now() / 1_000
  if (iat > now)
    throw new Refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    )
  if (exp <= now)
    throw new Refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    )
  if (exp > now + 600)
    throw new Refusal(401, "'Expiration time' claim ('exp') is too far in the future")
  return app
}

function undecoded(): Refusal {
  return new Refusal(401, 'A JSON web token could not be decoded')
}

function decoded(part: string): object {
  try {
    return Object(JSON.parse(Buffer.from(part, 'base64url').toString())) as object
  } catch {
    throw undecoded()
  }
}

type Narrowing = {
  readonly permissions?: Permissions
  readonly repositories?: readonly string[]
  readonly repository_ids?: readonly number[]
}

function mint(ask: Ask) {
  const { state, params } = ask
  const app = appOf(ask)
  const installation = state.installations.find(
    (each) => each.app === app && String(each.id) === params['installation_id'],
  )
  if (installation === undefined) throw notFound()
  const { permissions, repositories, repository_ids: ids } = ask.body as Narrowing
  mayHave(installation.permissions, permissions ?? {})
  const isNarrowed = repositories !== undefined || ids !== undefined
  const chosen = state.repositories.filter(
    (each) =>
      isOn(installation, each) &&
      (repositories?.includes(each.name) === true || ids?.includes(each.id) === true),
  )
  if (isNarrowed && chosen.length !== (repositories ?? ids ?? []).length)
    throw new Refusal(
      422,
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    )
  const token = installationToken(state, installation, {
    ...(permissions !== undefined && { permissions }),
    ...(isNarrowed && { repositories: chosen }),
  })
  const json = {
    token: token.value,
    expires_at: spellOrNull(token.expiresAt),
    permissions: { metadata: 'read', ...token.permissions },
    repository_selection: token.repositories === null ? 'all' : 'selected',
    ...(isNarrowed && { repositories: chosen.map((each) => repositoryJson(state, each)) }),
  }
  return { status: 201, json }
}

function mayHave(granted: Permissions, asked: Permissions): void {
  const tooMuch = Object.entries(asked).filter(([area, access]: [string, Access]) => {
    const has = area === 'metadata' ? 'read' : granted[area as Area]
    return has !== 'write' && has !== access
  })
  if (tooMuch.length > 0)
    throw new Refusal(422, 'The permissions requested are not granted to this installation.')
}

function installationJson(state: State, installation: Installation) {
  const { id, app, account, permissions, repositories } = installation
  const api = `${state.url}/app/installations/${id}`
  return {
    id,
    account: userJson(state, account),
    access_tokens_url: `${api}/access_tokens`,
    repositories_url: `${state.url}/installation/repositories`,
    html_url: `https://github.example/settings/installations/${id}`,
    app_id: app.id,
    app_slug: app.slug,
    target_id: account.id,
    target_type: account.type,
    permissions: { metadata: 'read', ...permissions },
    events: [],
    repository_selection: repositories === null ? 'all' : 'selected',
    created_at: spell(0),
    updated_at: spell(0),
    single_file_name: null,
    suspended_at: null,
    suspended_by: null,
  }
}
