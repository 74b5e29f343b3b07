/** An HTTP server on loopback that answers as it is told, gone when the test is over. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

/** Called when the request was read to its end. */
export type Answering = (req: IncomingMessage, res: ServerResponse, body: string) => void

export async function listen(answer: Answering): Promise<string> {
  const server = createServer((req, res) => {
    void buffer(req).then((body) => answer(req, res, body.toString('utf8')))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(async () => {
    const closed = once(server, 'close')
    server.close()
    server.closeAllConnections()
    await closed
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Nothing listens there any more. */
export async function closedPort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return `http://127.0.0.1:${port}`
}
