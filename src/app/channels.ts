/** The configured channels, ready to send. The only file that knows every channel. */
import { createHash } from 'node:crypto'

import type { Channel } from '../channels/channel.ts'
import { ntfy } from '../channels/ntfy/ntfy.ts'
import { slackBot, slackWebhook } from '../channels/slack/slack.ts'
import { terminal } from '../channels/terminal.ts'
import { webhook } from '../channels/webhook/webhook.ts'
import type { ChannelConfig, Config } from '../config/schema.ts'
import type { CourierChannel } from '../delivery/courier.ts'

/** Nothing is connected yet. */
export function openChannels({ channels }: Config): ReadonlyMap<string, CourierChannel> {
  const opened = Object.entries(channels).map(([name, config]) => {
    const channel = openChannel(config)
    const { concurrency, timeout: timeoutMs } = config
    const pace = config.pace ?? channel.pace ?? unpaced
    const credential = createHash('sha256')
      .update(JSON.stringify(config))
      .digest('hex')
      .slice(0, 32)
    return [name, { channel, concurrency, timeoutMs, pace, credential }] as const
  })
  return new Map(opened)
}

const unpaced = { burst: 1_000, everyMs: 0 }

function openChannel(config: ChannelConfig): Channel {
  switch (config.type) {
    case 'ntfy': {
      const { server, topic, token, priorities } = config
      return ntfy({ server, topic, priorities, ...(token !== undefined && { token }) })
    }
    case 'slack':
      return openSlack(config)
    case 'webhook':
      return webhook(config)
    case 'terminal':
      return terminal()
  }
}

/** The schema has seen to it that it is one or the other, whole. */
function openSlack(config: Extract<ChannelConfig, { type: 'slack' }>): Channel {
  const { token = '', channel = '', webhookUrl: url, dialect, mention, apiUrl } = config
  if (url === undefined) return slackBot({ token, channel, mention, apiUrl })
  return slackWebhook({ url, mention, ...(dialect !== undefined && { dialect }) })
}
