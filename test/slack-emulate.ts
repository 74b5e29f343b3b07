/**
 * The Slack of `emulate` 0.11.2 for tests: a stateful server that nobody here wrote, as a child process.
 *
 * It listens on a free port, and on 127.0.0.1 only: it has no option for that, so a preload gives its
 * `listen` the host. `close` ends this child and nothing else, and so does the end of the tests.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { closedPort } from './listen.ts'
import type { SlackMessage, SlackSide } from './slack-side.ts'
import { until } from './until.ts'

/** Where it always has a channel, `general`, and a webhook that posts to it. */
const channel = 'C000000001'
const hookPath = '/services/T000000001/B000000001/X000000001'

const token = 'xoxb-emulate-test'
const seed = {
  slack: {
    strict_scopes: true,
    users: [{ name: 'afk', real_name: 'AFK', email: 'afk@example.com' }],
    tokens: [{ token, user: 'afk', scopes: ['chat:write', 'channels:history'] }],
  },
}

export async function slackEmulate(): Promise<SlackSide & { readonly url: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'afk-emulate-'))
  // JSON is YAML.
  await writeFile(join(folder, 'seed.yaml'), JSON.stringify(seed))
  const url = await closedPort()
  const child = await launch(folder, url)
  const messages = history(url)
  return {
    url,
    apiUrl: `${url}/api/`,
    hookUrl: `${url}${hookPath}`,
    token,
    channel,
    violations: [],
    messages,
    async close() {
      await end(child)
      await rm(folder, { recursive: true, force: true })
    },
  }
}

const binary = fileURLToPath(import.meta.resolve('emulate/cli'))

const preload = `
  import net from 'node:net'
  const { listen } = net.Server.prototype
  net.Server.prototype.listen = function (port, ...rest) {
    const listening = rest.filter((each) => typeof each === 'function')
    return listen.call(this, port, '127.0.0.1', ...listening)
  }`

async function launch(folder: string, url: string): Promise<ChildProcess> {
  const { port } = new URL(url)
  const imported = `data:text/javascript,${encodeURIComponent(preload)}`
  const argv = ['start', '--service', 'slack', '--port', port, '--seed', 'seed.yaml']
  const child = spawn(process.execPath, ['--import', imported, binary, ...argv], {
    cwd: folder,
    // Nothing of ours: variables could move its port or its URL.
    env: { PATH: process.env['PATH'], HOME: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (said: string) => (complaint += said))
  const orphaned = () => child.kill('SIGKILL')
  process.once('exit', orphaned)
  child.once('exit', () => process.off('exit', orphaned))
  await until('emulate answers', async () => {
    if (child.exitCode !== null) throw new Error(`emulate did not start: ${complaint}`)
    return await isUp(url)
  })
  return child
}

async function isUp(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/api/auth.test`, { method: 'POST' })
    return (await response.text()).includes('not_authed')
  } catch {
    // Not listening yet.
    return false
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.kill('SIGTERM')
  await exited
}

type Page = {
  readonly messages: readonly Partial<SlackMessage>[]
  readonly response_metadata: { readonly next_cursor: string }
}

/** Each call reads only what is newer than what the one before has read. */
function history(url: string): () => Promise<readonly SlackMessage[]> {
  const known: SlackMessage[] = []
  return async () => {
    const fresh: SlackMessage[] = []
    const last = known.at(-1)?.ts
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page = await historyPage(url, cursor)
      const messages = page.messages.map(whole)
      const seen = messages.findIndex(({ ts }) => ts === last)
      fresh.push(...(seen === -1 ? messages : messages.slice(0, seen)))
      cursor = seen === -1 ? page.response_metadata.next_cursor || null : null
    }
    known.push(...fresh.toReversed())
    return [...known]
  }
}

async function historyPage(url: string, cursor: string): Promise<Page> {
  const response = await fetch(`${url}/api/conversations.history`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: new URLSearchParams({ channel, limit: '10', cursor }),
  })
  return (await response.json()) as Page
}

function whole({
  ts = '',
  text = '',
  blocks = [],
  attachments = [],
  metadata = null,
}: Partial<SlackMessage>) {
  return { channel, ts, text, blocks, attachments, metadata }
}
