/**
 * A loopback receiver in a process of its own: answers 200 at once and notes when it first saw each
 * webhook id. Prints its port; on each line of standard input it prints what it has seen so far.
 */
import { createServer } from 'node:http'

const seenAt = new Map()
let requests = 0

const server = createServer((req, res) => {
  const at = performance.timeOrigin + performance.now()
  const id = req.headers['webhook-id']
  requests += 1
  if (id !== undefined && !seenAt.has(id)) seenAt.set(id, at)
  req.resume()
  req.on('end', () => res.end('ok'))
})

server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })))

process.stdin.setEncoding('utf8')
process.stdin.on('data', (line) => {
  const last = line.includes('times') ? { times: [...seenAt.values()] } : {}
  console.log(JSON.stringify({ requests, distinct: seenAt.size, ...last }))
  if (line.includes('reset')) {
    seenAt.clear()
    requests = 0
  }
})
process.stdin.on('end', () => process.exit())
