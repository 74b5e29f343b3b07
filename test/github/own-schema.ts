/**
 * Shapes of the operations that github-schema.json does not hold, as far as AFK has any use for them.
 *
 * By hand, after GitHub's published types; where an answer is one of the file's definitions, it is checked
 * as that. A response of null has no JSON body.
 */
export type OwnOperation = {
  readonly responses: Readonly<Record<string, unknown>>
  readonly body?: unknown
  readonly isBodyOptional?: boolean
}

const of = (definition: string) => ({ $ref: `github#/$defs/${definition}` })
const listOf = (items: unknown) => ({ type: 'array', items })
const text = { type: 'string' }
const number = { type: 'integer' }
const instant = { type: 'string', format: 'date-time' }
const orNull = (schema: { readonly type: string }) => ({ ...schema, type: [schema.type, 'null'] })
const record = (
  properties: Readonly<Record<string, unknown>>,
  optional: readonly string[] = [],
) => ({
  type: 'object',
  properties,
  required: Object.keys(properties).filter((key) => !optional.includes(key)),
})
const counted = (key: string, items: unknown) =>
  record({ total_count: number, [key]: listOf(items) })

const closed = (...fields: Parameters<typeof record>) => ({
  ...record(...fields),
  additionalProperties: false,
})
const flag = { type: 'boolean' }

const workflow = record({
  id: number,
  node_id: text,
  name: text,
  path: text,
  state: {
    enum: ['active', 'deleted', 'disabled_fork', 'disabled_inactivity', 'disabled_manually'],
  },
  created_at: instant,
  updated_at: instant,
  url: text,
  html_url: text,
  badge_url: text,
})

const job = record({
  id: number,
  run_id: number,
  run_url: text,
  run_attempt: number,
  node_id: text,
  head_sha: text,
  url: text,
  html_url: orNull(text),
  status: { enum: ['queued', 'in_progress', 'completed', 'waiting', 'requested', 'pending'] },
  conclusion: {
    enum: [
      'success',
      'failure',
      'neutral',
      'cancelled',
      'skipped',
      'timed_out',
      'action_required',
      null,
    ],
  },
  created_at: instant,
  started_at: instant,
  completed_at: orNull(instant),
  name: text,
  steps: listOf(record({ name: text, status: text, conclusion: orNull(text), number })),
  check_run_url: text,
  labels: listOf(text),
  runner_id: orNull(number),
  workflow_name: orNull(text),
  head_branch: orNull(text),
})

const annotation = record({
  path: text,
  start_line: number,
  end_line: number,
  start_column: orNull(number),
  end_column: orNull(number),
  annotation_level: orNull(text),
  title: orNull(text),
  message: orNull(text),
  raw_details: orNull(text),
  blob_href: text,
})

const permissions = { type: 'object', additionalProperties: { enum: ['read', 'write'] } }

const installation = record({
  id: number,
  account: of('simple-user'),
  repository_selection: { enum: ['all', 'selected'] },
  access_tokens_url: text,
  repositories_url: text,
  html_url: text,
  app_id: number,
  app_slug: text,
  target_id: number,
  target_type: text,
  permissions,
  events: listOf(text),
  created_at: instant,
  updated_at: instant,
  single_file_name: orNull(text),
  suspended_at: orNull(instant),
})

const checksOperations: Readonly<Record<string, OwnOperation>> = {
  'checks/list-for-suite': { responses: { 200: counted('check_runs', of('check-run')) } },
  'checks/get': { responses: { 200: of('check-run') } },
  'checks/list-annotations': { responses: { 200: listOf(annotation) } },
  'repos/list-commit-statuses-for-ref': {
    responses: {
      200: listOf({
        allOf: [of('simple-commit-status'), record({ creator: of('nullable-simple-user') })],
      }),
    },
  },
  'actions/list-repo-workflows': { responses: { 200: counted('workflows', workflow) } },
  'actions/get-workflow-run': { responses: { 200: of('workflow-run') } },
  'actions/list-jobs-for-workflow-run': { responses: { 200: counted('jobs', job) } },
  'actions/list-jobs-for-workflow-run-attempt': { responses: { 200: counted('jobs', job) } },
  'actions/get-job-for-workflow-run': { responses: { 200: job } },
  'actions/download-workflow-run-logs': { responses: { 302: null } },
  'actions/download-job-logs-for-workflow-run': { responses: { 302: null } },
  'repos/get-branch-protection': { responses: { 200: of('branch-protection') } },
}

const pullsOperations: Readonly<Record<string, OwnOperation>> = {
  'pulls/list': { responses: { 200: listOf(of('pull-request-simple')) } },
  'pulls/create': {
    responses: { 201: of('pull-request') },
    body: closed({ title: text, head: text, base: text, body: orNull(text), draft: flag }, [
      'body',
      'draft',
    ]),
  },
  'pulls/update': {
    responses: { 200: of('pull-request') },
    body: closed({ title: text, body: orNull(text), state: { enum: ['open', 'closed'] } }, [
      'title',
      'body',
      'state',
    ]),
  },
  'pulls/list-commits': { responses: { 200: listOf(of('commit')) } },
  'pulls/check-if-merged': { responses: { 204: null } },
  'pulls/merge': {
    responses: { 200: record({ sha: text, merged: flag, message: text }) },
    body: closed(
      {
        sha: text,
        merge_method: { enum: ['merge', 'squash', 'rebase'] },
        commit_title: text,
        commit_message: text,
      },
      ['sha', 'merge_method', 'commit_title', 'commit_message'],
    ),
  },
  'git/delete-ref': { responses: { 204: null } },
}

const appsOperations: Readonly<Record<string, OwnOperation>> = {
  'apps/get-authenticated': { responses: { 200: of('integration') } },
  'apps/list-installations': { responses: { 200: listOf(installation) } },
  'apps/get-repo-installation': { responses: { 200: installation } },
  'apps/create-installation-access-token': {
    responses: {
      201: record(
        {
          token: text,
          expires_at: instant,
          permissions,
          repository_selection: { enum: ['all', 'selected'] },
          repositories: listOf(of('repository')),
        },
        ['repositories'],
      ),
    },
    body: closed({ permissions, repositories: listOf(text), repository_ids: listOf(number) }, [
      'permissions',
      'repositories',
      'repository_ids',
    ]),
    isBodyOptional: true,
  },
}

const issuesOperations: Readonly<Record<string, OwnOperation>> = {
  'users/get-authenticated': { responses: { 200: of('simple-user') } },
  'users/get-by-username': { responses: { 200: of('simple-user') } },
  'apps/list-repos-accessible-to-installation': {
    responses: { 200: counted('repositories', of('minimal-repository')) },
  },
  'issues/create': {
    responses: { 201: of('issue') },
    body: {
      ...record({ title: text, body: orNull(text), labels: listOf(text) }, ['body', 'labels']),
      additionalProperties: false,
    },
  },
  'issues/get-comment': { responses: { 200: of('issue-comment') } },
  'issues/delete-comment': { responses: { 204: null } },
  'issues/list-labels-on-issue': { responses: { 200: listOf(of('label')) } },
  'issues/set-labels': {
    responses: { 200: listOf(of('label')) },
    body: record({ labels: listOf(text) }),
  },
  'issues/lock': {
    responses: { 204: null },
    isBodyOptional: true,
    body: record({ lock_reason: text }, ['lock_reason']),
  },
  'issues/unlock': { responses: { 204: null } },
  'issues/list-labels-for-repo': { responses: { 200: listOf(of('label')) } },
  'issues/get-label': { responses: { 200: of('label') } },
  'issues/create-label': {
    responses: { 201: of('label') },
    body: {
      ...record({ name: text, color: text, description: text }, ['color', 'description']),
      additionalProperties: false,
    },
  },
  'issues/list-dependencies-blocking': { responses: { 200: listOf(of('issue')) } },
  'issues/add-blocked-by-dependency': {
    responses: { 201: of('issue') },
    body: closed({ issue_id: number }),
  },
  'issues/remove-dependency-blocked-by': { responses: { 200: of('issue') } },
  'issues/add-sub-issue': {
    responses: { 201: of('issue') },
    body: closed({ sub_issue_id: number, replace_parent: flag }, ['replace_parent']),
  },
  'issues/remove-sub-issue': {
    responses: { 200: of('issue') },
    body: closed({ sub_issue_id: number }),
  },
  'issues/list-events-for-repo': {
    responses: {
      200: listOf(record({ id: number, event: text, created_at: instant, issue: of('issue') })),
    },
  },
}

export const ownOperations: Readonly<Record<string, OwnOperation>> = {
  ...issuesOperations,
  ...checksOperations,
  ...pullsOperations,
  ...appsOperations,
  graphql: {
    responses: {
      200: record({ data: {}, errors: listOf(record({ message: text })) }, ['data', 'errors']),
    },
    body: closed({ query: text, variables: { type: 'object' } }, ['variables']),
  },
}
