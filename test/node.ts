/**
 * A whole node in-process, on a free port of loopback, whose channels are webhooks to a receiver that
 * writes down what comes. Stopped when the test is over, if the test has not stopped it before.
 */
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

import { startNode } from '../src/app.ts'
import type { WebhookPayload } from '../src/channels/webhook/payload.ts'
import { parseConfig } from '../src/config/load.ts'
import type { LogEvent } from '../src/log.ts'
import { listen } from './listen.ts'
import { temporaryFolder } from './temporary.ts'

type NodeOptions = {
  /** Where its store is. */
  readonly folder?: string
  readonly port?: number
  readonly channels: object
  readonly more?: object
}

export async function startedNode(options: NodeOptions) {
  const { folder = temporaryFolder(), port = 0, channels, more } = options
  const store = { type: 'sqlite', path: join(folder, '.afk/afk.db') }
  const tree = { listen: `127.0.0.1:${port}`, store, channels, ...more }
  const config = parseConfig(JSON.stringify(tree), { file: null, env: {} })
  const events: LogEvent[] = []
  const node = await startNode(config, { log: (event) => void events.push(event) })
  let stopped: Promise<void> | undefined
  const stop = () => (stopped ??= node.stop())
  onTestFinished(stop)
  return { url: node.url, env: { AFK_URL: node.url }, folder, events, stop }
}

/** Answers each ring with the status it is told, and writes it down. */
export async function receiver() {
  const received: WebhookPayload[] = []
  let status = 204
  const url = await listen((req, res, body) => {
    // A doctor only asks whether somebody is there.
    if (req.method === 'POST' && status < 300) received.push(JSON.parse(body) as WebhookPayload)
    res.writeHead(status).end()
  })
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  return {
    received,
    channel: { type: 'webhook', url, secret },
    answer: (next: number) => void (status = next),
  }
}
