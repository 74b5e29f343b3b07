import { describe, expect, test } from 'vitest'
import * as z from 'zod'

import { bell, ringBody } from '../../test/bell.ts'
import { readyIssue } from '../../test/loop-stand-ins.ts'
import { CATALOGUE } from '../errors.ts'

const Operation = z.looseObject({ responses: z.record(z.string(), z.looseObject({})) })

const Told = z.looseObject({ id: z.string() })

const Document = z.looseObject({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})) }),
})

async function documented() {
  const node = await bell({ issues: [readyIssue()] })
  const document = Document.parse(await (await node.get('/openapi.json')).json())
  return { node, document }
}

describe('the OpenAPI document', () => {
  test('has every route that the API has, and no other', async () => {
    const { node, document } = await documented()
    const served = node.app.routes
      // What stands in front of all routes is no route.
      .filter(({ method, path }) => method !== 'ALL' && !path.includes('*'))
      .map(
        ({ method, path }) =>
          `${method} ${path.replace(/:(\w+)/g, '{$1}').replace(/(.)\/$/, '$1')}`,
      )
    const told = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(told.toSorted()).toEqual([...new Set(served)].toSorted())
  })

  test('has every code of the catalogue, as the answer to whatever goes wrong', async () => {
    const { document } = await documented()
    expect(document.components.schemas['Error']).toMatchObject({
      properties: { code: { enum: Object.keys(CATALOGUE) } },
    })
    for (const operation of Object.values(document.paths).flatMap((each) => Object.values(each)))
      expect(operation.responses['default']).toMatchObject({
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
      })
  })

  test('refuses what the API refuses: unknown keys of a ring, and kinds that are none', async () => {
    const { document } = await documented()
    expect(document.components.schemas['RingBody']).toMatchObject({
      additionalProperties: false,
      required: ['kind', 'issue', 'detail'],
    })
    expect(document.components.schemas['Kind']).toMatchObject({
      enum: ['done', 'needs-human', 'frozen'],
    })
  })

  test('refers to nothing that is not in it', async () => {
    const { document } = await documented()
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)
    const names = new Set([...references].map(([, name]) => name))
    expect(names.size).toBeGreaterThan(5)
    for (const name of names) expect(document.components.schemas).toHaveProperty(name!)
  })

  test('has the status of each real answer that is no refusal', async () => {
    const { node, document } = await documented()
    const { id } = Told.parse(await (await node.post('/v1/rings', ringBody({ key: 'k' }))).json())
    const issue = { repo: 'infra', number: 42 }
    const started = await node.post('/v1/start', issue)
    const { id: run } = Told.parse(await started.clone().json())
    const grant = { ...issue, attempts: 1, minutes: 0, why: 'it is close' }
    const ofRuns = {
      'post /v1/start': started,
      'get /v1/runs': await node.get('/v1/runs'),
      'get /v1/runs/{id}': await node.get(`/v1/runs/${run}`),
      'post /v1/pause': await node.post('/v1/pause'),
      'post /v1/resume': await node.post('/v1/resume'),
      'post /v1/grants': await node.post('/v1/grants', grant),
      'post /v1/runs/{id}/stop': await node.post(`/v1/runs/${run}/stop`),
      'get /v1/places': await node.get('/v1/places'),
      'post /v1/runs/{id}/clean': await node.post(`/v1/runs/${run}/clean`),
    }
    await node.store.freeSlot(run)
    const continued = await node.post('/v1/continue', issue)
    for (const { run: live } of await node.store.liveRuns()) await node.store.freeSlot(live.id)
    const thread = '0b5e3f0a-6f0c-4a53-9d0f-1c2d3e4f5a6b'
    const answers = {
      ...ofRuns,
      'post /v1/continue': continued,
      'post /v1/adopt': await node.post('/v1/adopt', { ...issue, thread }),
      'post /v1/rings': await node.post('/v1/rings', ringBody({ key: 'k' })),
      'get /v1/rings': await node.get('/v1/rings'),
      'get /v1/rings/{id}': await node.get(`/v1/rings/${id}`),
      'post /v1/rings/{id}/ack': await node.post(`/v1/rings/${id}/ack`),
      'post /v1/rings/{id}/resend': await node.post(`/v1/rings/${id}/resend`),
      'post /v1/drill': await node.post('/v1/drill'),
      'post /v1/doctor': await node.post('/v1/doctor'),
      'get /v1/status': await node.get('/v1/status'),
      'get /healthz': await node.get('/healthz'),
      'get /readyz': await node.get('/readyz'),
      'get /openapi.json': await node.get('/openapi.json'),
    }
    for (const [name, { status, ok }] of Object.entries(answers)) {
      const [method = '', path = ''] = name.split(' ')
      expect([name, ok]).toEqual([name, true])
      expect(document.paths[path]?.[method]?.responses).toHaveProperty(String(status))
    }
  })
})
