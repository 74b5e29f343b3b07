import { describe, expect, test } from 'vitest'
import * as z from 'zod'

import { bell, ringBody } from '../../test/bell.ts'
import { CATALOGUE } from '../errors.ts'

const Operation = z.looseObject({ responses: z.record(z.string(), z.looseObject({})) })

const Document = z.looseObject({
  openapi: z.literal('3.1.0'),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})) }),
})

async function documented() {
  const node = await bell()
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
    const { id } = z
      .looseObject({ id: z.string() })
      .parse(await (await node.post('/v1/rings', ringBody({ key: 'k' }))).json())
    const answers = {
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
