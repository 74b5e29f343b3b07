/** How a test asks the stand-in over HTTP, and reads all of what it is told. */
import { randomUUID } from 'node:crypto'

import type { T3StandIn } from './stand-in.ts'

export type Asked = {
  readonly method?: string
  /** Null: none. Default: the stand-in's own. */
  readonly token?: string | null
  /** A string goes as it is. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
}

export type Told = {
  readonly status: number
  /** Null: none. */
  readonly type: string | null
  readonly headers: Headers
  readonly text: string
  /** Null where it is no JSON. */
  readonly json: unknown
}

export async function ask(
  t3: Pick<T3StandIn, 'url' | 'token'>,
  path: string,
  { method = 'GET', token = t3.token, body, headers = {} }: Asked = {},
): Promise<Told> {
  const response = await fetch(new URL(path, t3.url), {
    method,
    headers: {
      // A restart ends every connection, and none of it concerns the next request.
      connection: 'close',
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const type = response.headers.get('content-type')
  const text = await response.text()
  return {
    status: response.status,
    type,
    headers: response.headers,
    text,
    json: type === 'application/json' ? (JSON.parse(text) as unknown) : null,
  }
}

/** With an id of its own and a time, where the command names none. */
export const dispatch = (
  t3: Pick<T3StandIn, 'url' | 'token'>,
  command: Readonly<Record<string, unknown>> & { readonly type: string },
  more: Asked = {},
): Promise<Told> =>
  ask(t3, '/api/orchestration/dispatch', {
    method: 'POST',
    body: { commandId: randomUUID(), createdAt: '2026-11-23T08:00:00.000Z', ...command },
    ...more,
  })
