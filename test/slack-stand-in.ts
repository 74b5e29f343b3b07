/**
 * A strict loopback stand-in for Slack, with faults to order: its Web API, and its incoming webhooks.
 *
 * Answers as Slack does, by its own words and statuses. What Slack would let pass but a sender must not
 * do is answered all the same and written down in `violations`. Faults meet one method each, in the
 * order they were asked for, or as `faulty` draws them. It posts a message before it answers, so what
 * was not answered may still be there. Updates, threads, buttons and sockets are left out.
 */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

import type { SlackMessage, SlackSide } from './slack-side.ts'
import { apiReply, type Reply } from './slack-stand-in-api.ts'
import { failing, posts, say, type SlackFault, type Turn } from './slack-stand-in-faults.ts'
import { hookReply, type Server, serverReply } from './slack-stand-in-webhook.ts'
import { workspace, type Workspace, type WorkspaceOptions } from './slack-stand-in-workspace.ts'

/** A method of the API, or a webhook. */
export type SlackMethod = 'auth.test' | 'chat.postMessage' | 'conversations.history' | 'webhook'

export type SlackRequest = {
  readonly method: SlackMethod
  readonly body: string
  readonly fault: SlackFault | null
  /** What it put into the channel; null: nothing. */
  readonly posted: SlackMessage | null
}

export type SlackStandIn = Omit<SlackSide, 'messages'> & {
  readonly url: string
  messages(): readonly SlackMessage[]
  /** A server that takes Slack's webhooks, and posts to the same channel. */
  serverUrl(server: Server): string
  /** To change what the app may do: its scopes, its token, its channel, its webhook. */
  readonly workspace: Workspace
  /** All that were read to their end, those that fail among them. */
  readonly requests: readonly SlackRequest[]
  received(method: SlackMethod): number
  /** The next call of the method fails so. */
  fail(fault: SlackFault, method?: SlackMethod): void
  /** From now on every call fails as this draws; null: it does not. */
  faulty(draw: Draw): void
}

export type Draw = (method: SlackMethod, body: string) => SlackFault | null

type State = {
  readonly workspace: Workspace
  readonly requests: SlackRequest[]
  draw: Draw
}

export async function slackStandIn(options: WorkspaceOptions = {}): Promise<SlackStandIn> {
  const far = workspace(options)
  const queues = new Map<SlackMethod, SlackFault[]>()
  const queueOf = (method: SlackMethod) => queues.get(method) ?? []
  const state: State = {
    workspace: far,
    requests: [],
    draw: (method) => queueOf(method).shift() ?? null,
  }
  const server = createServer((req, res) => {
    // Who hangs up in the middle of a request has asked for nothing.
    text(req).then(
      (body) => void answer({ req, res }, body, state),
      () => res.destroy(),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    apiUrl: `${url}/api/`,
    hookUrl: `${url}${hookPath}`,
    serverUrl: (name) => `${url}/hooks/${name}`,
    token: far.token,
    channel: far.channel,
    workspace: far,
    violations: far.violations,
    messages: () => far.kept,
    requests: state.requests,
    received: (method) => state.requests.filter((each) => each.method === method).length,
    fail: (fault, method = 'chat.postMessage') =>
      void queues.set(method, [...queueOf(method), fault]),
    faulty: (draw) => void (state.draw = draw),
    async close() {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

const hookPath = '/services/T0STANDIN01/B0STANDIN01/standinsecretstandinsecr'

async function answer(turn: Turn, body: string, state: State): Promise<void> {
  const { req, res } = turn
  const route = routeOf(req.url ?? '')
  if (req.method !== 'POST' || route === null) {
    const isProbe = req.method === 'HEAD' && route?.server !== undefined
    if (!isProbe) state.workspace.violations.push(`${req.method} ${req.url}`)
    return void res.writeHead(isProbe ? 405 : 404).end()
  }
  const { method } = route
  const fault = state.draw(method, body)
  const before = state.workspace.kept.length
  const reply = fault === null || posts(fault) ? reacted(turn, body, state) : null
  const posted = state.workspace.kept.length > before ? state.workspace.kept[before] : undefined
  state.requests.push({ method, body, fault, posted: posted ?? null })
  if (fault !== null) return await failing(fault, turn, reply)
  if (reply !== null) say(res, reply)
}

function reacted({ req }: Turn, body: string, { workspace: far }: State): Reply {
  const route = routeOf(req.url ?? '')
  const { authorization = '', 'content-type': contentType = '' } = req.headers
  if (route?.server !== undefined) return serverReply(route.server, { contentType, body }, far)
  if (route?.method === 'webhook')
    return route.isOurs
      ? hookReply({ contentType, body }, far)
      : { status: 403, headers: { 'content-type': 'text/html' }, text: 'invalid_token' }
  return apiReply({ method: route?.name ?? '', authorization, contentType, body }, far)
}

type Route = {
  readonly method: SlackMethod
  /** Of the API. */
  readonly name?: string
  readonly server?: Server
  readonly isOurs?: boolean
}

function routeOf(path: string): Route | null {
  const [, name] = /^\/api\/([\w.]+)$/.exec(path) ?? []
  if (name !== undefined) return { method: name as SlackMethod, name }
  if (/^\/services\/T\w+\/B\w+\/\w+$/.test(path))
    return { method: 'webhook', isOurs: path === hookPath }
  const [, server] = /^\/hooks\/(mattermost|rocketchat|discord|zulip|generic)$/.exec(path) ?? []
  return server === undefined ? null : { method: 'webhook', server: server as Server }
}
