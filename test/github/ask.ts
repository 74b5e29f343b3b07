/** How a test asks the stand-in: as a careful client does, with every header in its place. */
import type { GithubStandIn } from './stand-in.ts'

export type Asked = {
  readonly method?: string
  readonly token?: string | null
  readonly body?: unknown
  /** Null leaves one out. */
  readonly headers?: Readonly<Record<string, string | null>>
}

export type Told = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: unknown
}

/** What a careful client sends with every request. */
export const careful = {
  accept: 'application/vnd.github+json',
  'user-agent': 'afk-test',
  'x-github-api-version': '2022-11-28',
}

/** `path`: below the stand-in, or a whole address. */
export async function ask(
  { url }: Pick<GithubStandIn, 'url'>,
  path: string,
  { method = 'GET', token = null, body, headers = {} }: Asked = {},
): Promise<Told> {
  const all = {
    ...careful,
    ...(token !== null && { authorization: `Bearer ${token}` }),
    ...headers,
  }
  const given = Object.entries(all).filter((pair): pair is [string, string] => pair[1] !== null)
  const response = await fetch(new URL(path, url), {
    method,
    headers: Object.fromEntries(given),
    redirect: 'manual',
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return {
    status: response.status,
    headers: response.headers,
    text,
    json: isJson && text !== '' ? (JSON.parse(text) as unknown) : null,
  }
}
