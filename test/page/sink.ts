/** Where the channels of a page's node send: takes what comes, unless it is told otherwise for a path. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export async function startSink() {
  const statuses = new Map<string, number>()
  const server = createServer((req, res) => {
    req.resume()
    req.on('end', () => res.writeHead(statuses.get(req.url ?? '') ?? 204).end())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    /** A webhook channel, by the name that `answer` knows it by. */
    channel: (name: string) => ({
      type: 'webhook',
      url: `http://127.0.0.1:${port}/${name}`,
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    }),
    answer: (name: string, status: number) => void statuses.set(`/${name}`, status),
    async stop() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}
