/**
 * `GET /v1/events`: the node's changes as they happen, as server-sent events.
 *
 * All that one turn of the event loop changed is written at once, and the same bytes go to every
 * client. A client that does not read is let go: it comes back by itself and misses nothing that is
 * still kept. An event named `alive`, at first and every 15 seconds, lets both sides notice a connection
 * that died without a word; it has no id, and is none of the changes.
 */
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { Hono } from 'hono'
import type { ServerResponse } from 'node:http'

import type { Clock } from '../clock.ts'
import { ApiError } from '../errors.ts'
import type { LogEvent } from '../log.ts'
import { type Change, changeOf, changes } from './changes.ts'

export type Live = {
  tell(event: LogEvent): void
  /** Something that no event tells of is to be read again. */
  change(change: Change): void
  /** Answers a request, for as long as the client stays. */
  follow(client: ServerResponse, lastId: string | null): void
  isFull(): boolean
  /** Lets every client go. */
  close(): void
}

export type LiveOptions = {
  readonly clock: Pick<Clock, 'now' | 'wakeAt'>
  readonly boot: string
  readonly kept?: number
  readonly maxClients?: number
}

const silenceMs = 15_000
/** No comment: of those a browser tells its page nothing. */
const alive = 'event: alive\ndata: {}\n\n'
const maxUnreadBytes = 1024 * 1024

export function live({ clock, boot, kept = 1_000, maxClients = 1_000 }: LiveOptions): Live {
  const known = changes({ boot, kept })
  const clients = new Set<ServerResponse>()
  let waiting = ''
  let callOff = () => {}

  function flush() {
    const text = waiting
    waiting = ''
    write(text)
  }

  function write(text: string) {
    for (const client of clients) {
      client.write(text)
      if (client.writableLength > maxUnreadBytes) client.req.socket.destroy()
    }
  }

  function breakSilence() {
    write(alive)
    callOff = clock.wakeAt(clock.now() + silenceMs, breakSilence)
  }

  function leave(client: ServerResponse) {
    clients.delete(client)
    if (clients.size === 0) callOff()
  }

  function change(each: Change) {
    const frame = known.add(each)
    if (clients.size === 0) return
    if (waiting === '') setImmediate(flush)
    waiting += frame
  }

  return {
    change,
    tell(event) {
      const each = changeOf(event)
      if (each !== null) change(each)
    },
    follow(client, lastId) {
      // What waits to be written is known already: it must not come twice.
      if (waiting !== '') flush()
      client.writeHead(200, headers)
      client.write(`retry: 2000\n\n${alive}${known.since(lastId)}`)
      // A response that was asked for behind another one on its connection never says that it closed.
      client.req.socket.on('close', () => leave(client))
      clients.add(client)
      if (clients.size === 1) callOff = clock.wakeAt(clock.now() + silenceMs, breakSilence)
    },
    isFull: () => clients.size >= maxClients,
    close() {
      callOff()
      for (const client of clients) client.end()
      clients.clear()
    },
  }
}

const headers = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // nginx would keep the stream back until it ends.
  'x-accel-buffering': 'no',
}

export function liveRoute({ follow, isFull }: Pick<Live, 'follow' | 'isFull'>) {
  return new Hono<{ Bindings: HttpBindings }>().get('/', (c) => {
    if (isFull()) throw new ApiError('too_many_clients')
    if (c.req.method === 'HEAD') return c.body(null, 200, headers)
    follow(c.env.outgoing, c.req.header('last-event-id') ?? c.req.query('lastEventId') ?? null)
    return RESPONSE_ALREADY_SENT
  })
}
