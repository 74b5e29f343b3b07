/** A way to a node that can go wrong as networks and proxies do: streams that die without a word, or are held back. */
import { connect, createServer, type Socket } from 'node:net'
import { onTestFinished } from 'vitest'

export async function wireTo(nodeUrl: string) {
  const port = Number(new URL(nodeUrl).port)
  const streams = new Set<Socket>()
  let isDumb = false
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    near.on('data', (part) => {
      if (part.includes('GET /v1/events')) streams.add(near)
      far.write(part)
    })
    far.on('data', (part) => {
      if (!(isDumb && streams.has(near))) near.write(part)
    })
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy())
      one.on('close', () => {
        streams.delete(near)
        other.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => void server.once('listening', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('it listens nowhere')
  return {
    url: `http://127.0.0.1:${address.port}`,
    /** Nothing more comes through a stream, and none is closed. All else goes on. */
    silence: () => void (isDumb = true),
    speak: () => void (isDumb = false),
    streams: () => streams.size,
  }
}
