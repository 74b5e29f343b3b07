/** The Slack of `emulate` 0.11.2 for tests. */
import { emulate } from './emulate.ts'
import type { SlackMessage, SlackSide } from './slack-side.ts'

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

const hello = { method: 'POST', path: '/api/auth.test', says: 'not_authed' }

export async function slackEmulate(): Promise<SlackSide & { readonly url: string }> {
  const { url, close } = await emulate('slack', { seed, hello })
  return {
    url,
    apiUrl: `${url}/api/`,
    hookUrl: `${url}${hookPath}`,
    token,
    channel,
    violations: [],
    messages: history(url),
    close,
  }
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
