/** Deployments of a commit, and how each of them went. */
import { actorIn, type By } from './issue-handle.ts'
import { apiOf, nodeId, userJson } from './json.ts'
import type { Deployment, DeploymentStatus, Repository } from './model.ts'
import { paged } from './paging.ts'
import { notFound, ok, type Route } from './route.ts'
import { spell, type State } from './state.ts'

export type DeploymentHandle = {
  readonly record: Deployment
  readonly id: number
  becomes(state: DeploymentStatus['state'], url?: string): void
}

export type DeploymentsHandle = {
  deployment(sha: string, options?: By & { readonly environment?: string }): DeploymentHandle
}

export function deploymentsHandle(state: State, repository: Repository): DeploymentsHandle {
  return {
    deployment(sha, { environment = 'production', ...by } = {}) {
      const [ref = sha] = [...repository.branches].find(([, tip]) => tip === sha) ?? []
      const creator = actorIn(repository, by).user
      const id = state.nextId()
      const record = { id, sha, ref, environment, creator, at: state.now(), statuses: [] }
      repository.deployments.push(record)
      return { record, id, becomes: (stands, url) => become(state, record, { stands, url }) }
    },
  }
}

type Becoming = { readonly stands: DeploymentStatus['state']; readonly url: string | undefined }

function become(state: State, { statuses }: Deployment, { stands, url }: Becoming) {
  statuses.push({ id: state.nextId(), state: stands, url: url ?? null, at: state.now() })
}

const needs = ['deployments', 'read'] as const

export const deploymentRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: 'R/deployments',
    operation: 'repos/list-deployments',
    ignores: ['task'],
    needs,
    answer(ask) {
      const { state, repository, query } = ask
      const wanted = repository.deployments.filter(
        ({ sha, ref, environment }) =>
          [null, sha].includes(query.get('sha')) &&
          [null, ref].includes(query.get('ref')) &&
          [null, environment].includes(query.get('environment')),
      )
      const { items, headers } = paged(ask, wanted.toReversed())
      return ok(
        items.map((each) => deploymentJson(state, repository, each)),
        headers,
      )
    },
  },
  {
    method: 'GET',
    path: 'R/deployments/{deployment_id}/statuses',
    operation: 'repos/list-deployment-statuses',
    needs,
    answer(ask) {
      const { state, repository, params } = ask
      const found = repository.deployments.find(({ id }) => String(id) === params['deployment_id'])
      if (found === undefined) throw notFound()
      const { items, headers } = paged(ask, found.statuses.toReversed())
      return ok(
        items.map((status) => deploymentStatusJson(state, repository, { of: found, status })),
        headers,
      )
    },
  },
]

function deploymentJson(state: State, repository: Repository, deployment: Deployment) {
  const { id, sha, ref, environment, creator, at } = deployment
  const url = `${apiOf(state, repository)}/deployments/${id}`
  return {
    url,
    id,
    node_id: nodeId('DE', id),
    sha,
    ref,
    task: 'deploy',
    payload: {},
    original_environment: environment,
    environment,
    description: null,
    creator: userJson(state, creator),
    created_at: spell(at),
    updated_at: spell(at),
    statuses_url: `${url}/statuses`,
    repository_url: apiOf(state, repository),
    transient_environment: false,
    production_environment: environment === 'production',
    performed_via_github_app: null,
  }
}

type OfDeployment = { readonly of: Deployment; readonly status: DeploymentStatus }

function deploymentStatusJson(state: State, repository: Repository, { of, status }: OfDeployment) {
  const url = `${apiOf(state, repository)}/deployments/${of.id}`
  const environmentUrl = status.url ?? `https://${of.environment}.example`
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId('DES', status.id),
    state: status.state,
    creator: userJson(state, of.creator),
    description: '',
    environment: of.environment,
    target_url: environmentUrl,
    created_at: spell(status.at),
    updated_at: spell(status.at),
    deployment_url: url,
    repository_url: apiOf(state, repository),
    environment_url: environmentUrl,
    log_url: environmentUrl,
    performed_via_github_app: null,
  }
}
