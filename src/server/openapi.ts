/** The OpenAPI 3.1 document of the API, made from the schemas that parse it. */
import * as z from 'zod'
import { createDocument, type ZodOpenApiOperationObject } from 'zod-openapi'

import { CATALOGUE } from '../errors.ts'
import { VERSION } from '../version.ts'
import { CleanBody, CleanedView, PlacesView } from './place-schemas.ts'
import {
  Granted,
  AdoptBody,
  GrantBody,
  IssueBody,
  PausesView,
  RunPageView,
  RunsQuery,
  RunSummary,
  RunView,
  ScopeBody,
  StatusQuery,
  StopBody,
} from './run-schemas.ts'
import {
  Accepted,
  AckBody,
  BellView,
  ChangeView,
  DoctorBody,
  DoctorView,
  DrillBody,
  ReadyView,
  ResendBody,
  Resent,
  RingBody,
  RingPageView,
  RingsQuery,
  RingView,
  SessionView,
  SignInBody,
  StatusView,
} from './schemas.ts'

const Problem = z
  .object({
    code: z.enum(Object.keys(CATALOGUE) as [string, ...string[]]),
    message: z.string(),
    docs: z.string(),
    issues: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
  })
  .meta({ id: 'Error' })

type Operation = {
  readonly summary: string
  readonly answers: Readonly<Record<string, z.ZodType>>
  /** What a success is written in. Default JSON. */
  readonly type?: string
  readonly header?: z.ZodObject
  readonly body?: z.ZodType
  readonly path?: z.ZodObject
  readonly query?: z.ZodObject
}

const json = 'application/json'

function operation(told: Operation): ZodOpenApiOperationObject {
  const { summary, answers, body, path, query, header, type = json } = told
  const parameters = {
    ...(path && { path }),
    ...(query && { query }),
    ...(header && { header }),
  }
  const responses = Object.entries({ ...answers, default: Problem }).map(([status, schema]) => [
    status,
    {
      description: status === 'default' ? 'a refusal of docs/errors.md' : summary,
      content: { [status === 'default' ? json : type]: { schema } },
    },
  ])
  return {
    summary,
    ...(Object.keys(parameters).length > 0 && { requestParams: parameters }),
    ...(body && { requestBody: { content: { [json]: { schema: body } } } }),
    responses: Object.fromEntries(responses),
  }
}

const ring = z.object({ id: z.string().describe('ring_ and a UUIDv7') })
const Acked = z.object({ id: z.string(), acknowledged: RingView.shape.acknowledged })
const Alive = z.object({ alive: z.literal(true) })
const posted = { '202': Accepted }
const run = z.object({ id: z.string().describe('run_ and a UUIDv7') })
const paused = { '200': PausesView }
const queued = { '202': RunSummary }

const operations: Record<string, Record<string, Operation>> = {
  '/v1/rings': {
    post: { summary: 'Ring', body: RingBody, answers: { ...posted, '200': Accepted } },
    get: {
      summary: 'List rings, newest first',
      query: RingsQuery,
      answers: { '200': RingPageView },
    },
  },
  '/v1/rings/{id}': {
    get: {
      summary: 'One ring, its deliveries, each try',
      path: ring,
      answers: { '200': RingView },
    },
  },
  '/v1/rings/{id}/ack': {
    post: { summary: 'Acknowledge', path: ring, body: AckBody, answers: { '200': Acked } },
  },
  '/v1/rings/{id}/resend': {
    post: { summary: 'Send again', path: ring, body: ResendBody, answers: { '202': Resent } },
  },
  '/v1/runs': {
    get: {
      summary: 'List runs, newest first',
      query: RunsQuery,
      answers: { '200': RunPageView },
    },
  },
  '/v1/runs/{id}': {
    get: {
      summary: 'One run, its verdict, budget, ledger and chores',
      path: run,
      answers: { '200': RunView },
    },
  },
  '/v1/runs/{id}/stop': {
    post: {
      summary: 'End a run as withdrawn, and its agent with it',
      path: run,
      body: StopBody,
      answers: { '200': RunSummary },
    },
  },
  '/v1/runs/{id}/clean': {
    post: {
      summary: 'Let go of the worktree of a run that has ended',
      path: run,
      body: CleanBody,
      answers: { '200': CleanedView },
    },
  },
  '/v1/places': {
    get: {
      summary: 'List the worktrees that were kept, and what would be lost with each',
      answers: { '200': PlacesView },
    },
  },
  '/v1/pause': {
    post: { summary: 'Hold new dispatches and turns back', body: ScopeBody, answers: paused },
  },
  '/v1/resume': { post: { summary: 'Go on', body: ScopeBody, answers: paused } },
  '/v1/start': {
    post: { summary: 'Start a run now', body: IssueBody, answers: queued },
  },
  '/v1/continue': {
    post: {
      summary: 'Go on in the place and thread of an issue’s last run',
      body: IssueBody,
      answers: queued,
    },
  },
  '/v1/adopt': {
    post: {
      summary: 'Watch a conversation that a person began, as a run of the issue',
      body: AdoptBody,
      answers: queued,
    },
  },
  '/v1/grants': {
    post: {
      summary: 'Give an issue more of its budget',
      body: GrantBody,
      answers: { '200': Granted },
    },
  },
  '/v1/drill': { post: { summary: 'Drill every channel', body: DrillBody, answers: posted } },
  '/v1/doctor': {
    post: {
      summary: 'Try each configured thing',
      body: DoctorBody,
      answers: { '200': DoctorView },
    },
  },
  '/v1/status': {
    get: { summary: 'How the node stands', query: StatusQuery, answers: { '200': StatusView } },
  },
  '/v1/bell': {
    get: { summary: 'How the bell has done', answers: { '200': BellView } },
  },
  '/v1/session': {
    get: { summary: 'Whether this browser has signed in', answers: { '200': SessionView } },
    post: { summary: 'Sign in', body: SignInBody, answers: { '200': SessionView } },
    delete: { summary: 'Sign out', answers: { '200': SessionView } },
  },
  '/v1/events': {
    get: {
      summary:
        'Changes as they happen: server-sent events, each with an id; and `alive`, at first and every 15 seconds',
      header: z.object({
        'last-event-id': z.string().optional().describe('the last id that was seen'),
      }),
      answers: { '200': ChangeView },
      type: 'text/event-stream',
    },
  },
  '/metrics': {
    get: {
      summary: 'In numbers, for Prometheus',
      answers: { '200': z.string() },
      type: 'text/plain',
    },
  },
  '/hooks/github': {
    post: {
      summary: 'Take a signed delivery of GitHub’s, which hastens the next look',
      answers: { '202': z.strictObject({}) },
    },
  },
  '/r/{ring}': {
    get: {
      summary:
        'Go to whichever of a ring’s pages opens now: its thread, its issue, its pull request',
      path: z.object({ ring: z.string().describe('ring_ and a UUIDv7') }),
      answers: { '302': z.string(), '404': z.string() },
      type: 'text/plain',
    },
  },
  '/healthz': { get: { summary: 'Alive', answers: { '200': Alive } } },
  '/readyz': {
    get: {
      summary: 'Store writable, courier running',
      answers: { '200': ReadyView, '503': ReadyView },
    },
  },
  '/openapi.json': { get: { summary: 'This document', answers: { '200': z.looseObject({}) } } },
}

export function openapiDocument(): object {
  const paths = Object.entries(operations).map(([path, methods]) => [
    path,
    Object.fromEntries(Object.entries(methods).map(([method, each]) => [method, operation(each)])),
  ])
  return createDocument({
    openapi: '3.1.0',
    info: { title: 'AFK', version: VERSION, description: 'The doorbell of a coding-agent loop.' },
    components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
    security: [{ token: [] }, {}],
    paths: Object.fromEntries(paths),
  })
}
