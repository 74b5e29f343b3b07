/** Follows a node's events over HTTP, as `curl -N` would, and keeps all that came. Gone when the test is over. */
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { onTestFinished } from 'vitest'

/** One block of the stream; a `retry:` and an id alone are no event. */
export type Frame = {
  readonly id: string | null
  /** Only of what is no change. */
  readonly name: string | undefined
  readonly data: unknown
}

export type FollowOptions = {
  readonly lastId?: string
  readonly token?: string
  readonly path?: string
}

export async function follow(url: string, options: FollowOptions = {}) {
  const { lastId, token, path = '/v1/events' } = options
  const headers = {
    ...(lastId !== undefined && { 'last-event-id': lastId }),
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  }
  const asked = request(`${url}${path}`, { agent: false, headers })
  onTestFinished(() => void asked.destroy())
  asked.end()
  const [answer] = (await once(asked, 'response')) as [IncomingMessage]
  let text = ''
  let isOver = false
  answer.setEncoding('utf8').on('data', (part: string) => (text += part))
  answer.on('error', () => (isOver = true)).on('close', () => (isOver = true))
  const frames = () => framesOf(text)
  return {
    status: answer.statusCode,
    headers: answer.headers,
    text: () => text,
    isOver: () => isOver,
    lastId: () => frames().findLast(({ id }) => id !== null)?.id ?? '',
    /** What each change says, in order. */
    told: (): unknown[] =>
      frames().flatMap(({ name, data }) =>
        name !== undefined || data === undefined ? [] : [data],
      ),
    leave: () => void asked.destroy(),
  }
}

export function framesOf(text: string): readonly Frame[] {
  // What stands after the last empty line has not come whole.
  const blocks = text.split('\n\n').slice(0, -1)
  return blocks.map((block) => {
    const field = (name: string) =>
      block
        .split('\n')
        .find((line) => line.startsWith(`${name}: `))
        ?.slice(name.length + 2)
    const data = field('data')
    return {
      id: field('id') ?? null,
      name: field('event'),
      data: data === undefined ? undefined : (JSON.parse(data) as unknown),
    }
  })
}
