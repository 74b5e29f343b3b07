/** Listens for HTTP on one address, until it is closed. */
import { serve } from '@hono/node-server'

export type Fetch = (request: Request, env: object) => Response | Promise<Response>

export type Listener = { readonly url: string; close(): Promise<void> }

/** How long requests that came before the stop may take. */
const lastAnswersMs = 1_000

/** Rejects with Node's own error where it cannot. */
export function listen(fetch: Fetch, at: { host: string; port: number }): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname: at.host, port: at.port }, (address) => {
      server.off('error', reject)
      const shown = address.family === 'IPv6' ? `[${address.address}]` : address.address
      const close = () =>
        new Promise<void>((done) => {
          server.close(() => done())
          if (!('closeAllConnections' in server)) return
          server.closeIdleConnections()
          // A client that is silent, or half-way through, ends no node.
          setTimeout(() => server.closeAllConnections(), lastAnswersMs).unref()
        })
      resolve({ url: `http://${shown}:${address.port}`, close })
    })
    server.once('error', reject)
  })
}
