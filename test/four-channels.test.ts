/** One ring to four receivers at once, each with a day of its own; `afk show` tells each story. */
import { expect, onTestFinished, test } from 'vitest'
import type { z } from 'zod'

import type { RingView } from '../src/server/schemas.ts'
import { afk } from './afk.ts'
import { listen } from './listen.ts'
import { startedNode } from './node.ts'
import { ntfyStandIn } from './ntfy-stand-in.ts'
import { slackStandIn } from './slack-stand-in.ts'
import { until } from './until.ts'

type Story = z.infer<typeof RingView>

async function fourChannels() {
  const [slack, ntfy] = [await slackStandIn(), await ntfyStandIn()]
  onTestFinished(() => slack.close())
  onTestFinished(() => ntfy.close())
  const hanging = await listen(() => {})
  const { apiUrl, token, channel } = slack
  const pace = { burst: 9, every: '1ms' }
  const channels = {
    bot: { type: 'slack', token, channel, apiUrl, pace },
    desk: { type: 'slack', webhookUrl: slack.hookUrl, dialect: 'slack', pace },
    phone: { type: 'ntfy', server: ntfy.url, topic: 'afk' },
    hook: {
      type: 'webhook',
      url: hanging,
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
      timeout: '300ms',
    },
  }
  return { slack, ntfy, node: await startedNode({ channels }) }
}

test('one flaps, one refuses, one hangs and one is well: each is told in plain words', async () => {
  const { slack, ntfy, node } = await fourChannels()
  // The first is in the channel, though nobody said so; the second is not.
  slack.fail('reset, posted')
  slack.fail('503', 'conversations.history')
  slack.fail({ status: 410, text: 'channel_is_archived' }, 'webhook')
  const { env } = node
  const ring = 'ring frozen --issue infra#42 --thread t-1 --detail'.split(' ')
  expect((await afk([...ring, 'CI red'], { env })).code).toBe(0)

  const story = async () => {
    const { out } = await afk(['show', '--json'], { env })
    return JSON.parse(out) as Story
  }
  const of = ({ deliveries }: Story, name: string) =>
    deliveries.find(({ channel, purpose }) => channel === name && purpose === 'ring')
  await until('the bot has it, and the hook was tried twice', async () => {
    const told = await story()
    return of(told, 'bot')?.state === 'accepted' && (of(told, 'hook')?.tried.length ?? 0) >= 2
  })

  const { out } = await afk(['show'], { env })
  expect(out).toMatch(/^\[FROZEN\] infra#42 frozen — budget exhausted$/m)
  expect(out).toMatch(/ {2}phone: accepted after 1 try, as \w+/)
  expect(out).toMatch(/ {2}bot: accepted after 3 tries, as C\w+\/\d+\.\d+/)
  expect(out).toMatch(/unknown after \d+ ms {2}network: the connection broke before an answer/)
  expect(out).toMatch(
    /deferred after \d+ ms {2}server: asked whether it has the ring: Slack answered 503/,
  )
  expect(out).toMatch(/ {2}desk: dead after 1 try: Slack said channel_is_archived: .*unarchive it/)
  // At this moment it waits, or is being tried once more.
  expect(out).toMatch(/ {2}hook: (?:due at .*, \d tries so far|being tried, \d tries before)/)
  expect(out).toMatch(/unknown after 3\d\d ms {2}timeout: no answer in time/)
  expect(out).toMatch(/says: desk gave this ring up: Slack said channel_is_archived/)

  const isReport = ({ text }: { text: string }) => text.includes('gave this ring up')
  expect(slack.messages().filter((each) => !isReport(each))).toHaveLength(1)
  expect(slack.messages().filter(isReport)).toHaveLength(1)
  const told = await ntfy.poll('afk')
  expect(told.at(-1)?.message).toContain('desk gave this ring up')
  expect([slack.violations, ntfy.violations]).toEqual([[], []])
}, 60_000)
