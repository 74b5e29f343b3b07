/**
 * A loopback receiver in a process of its own: answers 200 at once and notes when it first saw each
 * webhook id, and each alert of Alertmanager's webhooks; to `/hang` it never answers. Prints its port; on
 * each line of standard input it prints what it has seen so far.
 */
import { createServer } from 'node:http'

const seenAt = new Map()
let requests = 0
/** Over its whole life: what hangs outlives a round. */
let hanging = 0

const see = (id, at) => {
  if (!seenAt.has(id)) seenAt.set(id, at)
}

const server = createServer((req, res) => {
  const at = performance.timeOrigin + performance.now()
  const id = req.headers['webhook-id']
  if (req.url === '/hang') {
    hanging += 1
    req.resume()
    return
  }
  requests += 1
  if (id !== undefined) see(id, at)
  if (req.url === '/alerts') seeAlerts(req, at)
  else req.resume()
  req.on('end', () => res.end('ok'))
})

/** Each alert has one fingerprint; looking only for that spares a JSON.parse, which would slow Alertmanager down. */
function seeAlerts(req, at) {
  let body = ''
  req.setEncoding('latin1')
  req.on('data', (text) => (body += text))
  req.on('end', () => {
    for (const [, fingerprint] of body.matchAll(/"fingerprint":"([0-9a-f]+)"/g))
      see(fingerprint, at)
  })
}

server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })))

process.stdin.setEncoding('utf8')
process.stdin.on('data', (line) => {
  const last = line.includes('times') ? { times: [...seenAt.values()] } : {}
  console.log(JSON.stringify({ requests, hanging, distinct: seenAt.size, ...last }))
  if (line.includes('reset')) {
    seenAt.clear()
    requests = 0
  }
})
process.stdin.on('end', () => process.exit())
