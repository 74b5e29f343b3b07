/** A server on loopback, from its first connection to its end. */
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

import type { Turn } from './faults.ts'

/** Called when a request was read to its end. */
export function served(answer: (turn: Turn, body: string) => void): Server {
  return createServer((req, res) => {
    // Who hangs up in the middle of a request has asked for nothing.
    text(req).then(
      (body) => answer({ req, res }, body),
      () => res.destroy(),
    )
  })
}

/** Its address. */
export async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

export async function ended(server: Server): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  server.closeAllConnections()
  await closed
}
