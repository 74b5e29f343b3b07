/**
 * The HTTP API: Hono over the parts of a node. Each route's rules stand in its own file; here is what
 * holds for all: who may ask, how large a body may be, and that every refusal is one of the catalogue.
 */
import { Hono, type MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import { HTTPException } from 'hono/http-exception'
import type { ContentfulStatusCode } from 'hono/utils/http-status'

import { ApiError, CATALOGUE, errorBody, type ErrorCode } from '../errors.ts'
import { oneLine } from '../doorbell/text.ts'
import type { Log } from '../log.ts'
import { StoreError } from '../store/store-error.ts'
import { LandingError } from '../landing/landing-error.ts'
import { TrackerError } from '../trackers/tracker-error.ts'
import { type Asked, auth } from './auth.ts'
import { bellRoute, type BellRoute } from './bell-health.ts'
import type { Doctor } from './doctor.ts'
import { type GithubHooks, hookRoutes } from './hooks.ts'
import { type Live, liveRoute } from './live.ts'
import { METRICS_TYPE } from './metrics.ts'
import type { NodeState } from './node-state.ts'
import { type Page, pageRoute } from './page.ts'
import { placeRoutes } from './places.ts'
import { parseWith, readJson } from './read-body.ts'
import { assertKnownKind } from './ring-request.ts'
import { ringRoutes, type RingRoutes } from './rings.ts'
import { StatusQuery } from './run-schemas.ts'
import { loopRoutes, type LoopRoutes, whyNot } from './runs.ts'
import { DoctorBody, DrillBody } from './schemas.ts'
import { signInRoutes, type SignInRoutes } from './sign-in.ts'
import { tapRoutes, type TapRoutes } from './taps.ts'
import { owedView } from './views.ts'

export type AppParts = RingRoutes &
  LoopRoutes &
  TapRoutes &
  SignInRoutes &
  BellRoute & {
    readonly page: Page
    readonly state: NodeState
    readonly doctor: Doctor
    readonly hooks: GithubHooks
    readonly log: Log
    /** Made when first asked for: it takes a while and is seldom wanted. */
    readonly openapi: () => Promise<object>
    readonly live: Pick<Live, 'follow' | 'isFull'>
    /** As Prometheus reads it. */
    readonly metrics: () => Promise<string>
  }

const maxBodyBytes = 64 * 1024
/** A forge's delivery is as large as what happened there. */
const maxDeliveryBytes = 1024 * 1024

/** A declared length is believed: the HTTP parser reads no further. A chunked body is counted as it comes. */
const limitBody = (maxSize: number): MiddlewareHandler => {
  const onError = () => {
    throw new ApiError('body_too_large')
  }
  const countBody = bodyLimit({ maxSize, onError })
  return async (c, next) => {
    const declared = c.req.header('content-length')
    if (declared === undefined) return countBody(c, next)
    if (Number(declared) > maxSize) throw new ApiError('body_too_large')
    return next()
  }
}

export function createApp(parts: AppParts) {
  const app = new Hono<Asked>()
  app.use(auth(parts))
  app.post('/v1/*', limitBody(maxBodyBytes))
  app.post('/hooks/*', limitBody(maxDeliveryBytes))
  app.route('/v1/session', signInRoutes(parts))
  app.route('/v1/rings', ringRoutes(parts))
  app.post('/v1/drill', async (c) => {
    const body = await readJson(c)
    assertKnownKind(body)
    const { kind } = parseWith(DrillBody, body, 'invalid_body')
    const { id, key, ...rest } = await parts.intake.drill(kind)
    const deliveries = rest.type === 'conflict' ? [] : owedView(rest.owed)
    return c.json({ id, key, duplicate: false, deliveries }, 202)
  })
  app.post('/v1/doctor', async (c) => {
    const asked = parseWith(DoctorBody, await readJson(c), 'invalid_body')
    return c.json({ findings: await parts.doctor(asked) })
  })
  app.get('/v1/status', async (c) => {
    const { why } = parseWith(StatusQuery, c.req.query(), 'invalid_query')
    const status = await parts.state.status()
    return c.json(why === undefined ? status : { ...status, why: await whyNot(why, parts) })
  })
  app.route('/v1/bell', bellRoute(parts))
  app.route('/v1', loopRoutes(parts))
  app.route('/v1', placeRoutes(parts))
  app.route('/v1/events', liveRoute(parts.live))
  app.route('/hooks', hookRoutes(parts.hooks))
  app.route('/r', tapRoutes(parts))
  app.get('/metrics', async (c) => {
    c.header('content-type', METRICS_TYPE)
    return c.body(await parts.metrics())
  })
  app.get('/healthz', (c) => c.json({ alive: true }))
  app.get('/readyz', async (c) => {
    const answer = await parts.state.ready()
    return c.json(answer, answer.ready ? 200 : 503)
  })
  app.get('/openapi.json', async (c) => c.json(await parts.openapi()))
  app.get('/*', pageRoute(parts.page))
  app.notFound(() => refuse('not_found'))
  app.onError((error) => answerTo(error, parts.log))
  return app
}

function answerTo(error: Error, log: Log): Response {
  if (error instanceof ApiError) return refuse(error.code, error)
  if (error instanceof StoreError)
    return refuse(error.code === 'overloaded' ? 'overloaded' : 'store_unavailable')
  if (error instanceof TrackerError || error instanceof LandingError) {
    const issues = [{ path: '', message: oneLine(error.message) }]
    return refuse('loop_refused', new ApiError('loop_refused', issues))
  }
  if (error instanceof HTTPException && error.status === 400) return refuse('invalid_body')
  log({ event: 'bug', where: 'the API', detail: error.stack ?? error.message })
  return refuse('internal')
}

function refuse(code: ErrorCode, error?: ApiError): Response {
  const status: ContentfulStatusCode = CATALOGUE[code][0]
  const headers = {
    ...(status === 503 && { 'retry-after': '1' }),
    ...(error?.retryAfter != null && { 'retry-after': String(error.retryAfter) }),
    ...(status === 401 && { 'www-authenticate': 'Bearer' }),
  }
  return Response.json(errorBody(code, error?.issues), { status, headers })
}
