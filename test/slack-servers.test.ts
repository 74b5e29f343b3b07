import { describe, expect, test } from 'vitest'

import { slackWebhook } from '../src/channels/slack/slack.ts'
import { message } from './message.ts'
import {
  credential,
  destination,
  hookAt,
  payload,
  perhaps,
  said,
  sender,
  slowDown,
  using,
} from './slack-channels.ts'
import type { Server } from './slack-stand-in-webhook.ts'
import type { SlackStandIn } from './slack-stand-in.ts'

describe('a server that takes the webhooks of Slack', () => {
  const servers: readonly Server[] = ['mattermost', 'rocketchat', 'discord', 'zulip', 'generic']
  const at = (far: SlackStandIn, dialect: Server) =>
    using(slackWebhook({ url: far.serverUrl(dialect), dialect, mention: { frozen: ['here'] } }))

  test.each(servers)('as %s does gets one text that says it all', async (dialect) => {
    const { far } = await hookAt()
    const ring = message({ kind: 'frozen' }, { notes: ['reported by ci'] })
    expect(await sender(at(far, dialect))(ring)).toMatchObject({ type: 'accepted' })
    const { title, body } = ring.notification
    const [{ text } = { text: '' }] = far.messages()
    expect(text.replaceAll('\u200b', '')).toBe(`${title}\n${body}\nreported by ci`)
    expect(far.violations).toEqual([])
  })

  test.each(servers)('as %s does is not made to mention or hide anything', async (dialect) => {
    const { far } = await hookAt()
    const detail = '@channel @all <!here> <@U1> [safe](https://evil.test) <https://evil.test|safe>'
    const ring = message({ detail, issue: { repo: '@here', number: 7 } }, { notes: ['by @ci'] })
    expect(await sender(at(far, dialect))(ring)).toMatchObject({ type: 'accepted' })
    const [{ text } = { text: '' }] = far.messages()
    expect(text).not.toMatch(/@(?!\u200b)|<(?!\u200b)|\](?!\u200b)/)
    expect(text.replaceAll('\u200b', '')).toContain(detail)
    expect(far.violations).toEqual([])
  })

  test.each(servers)('as %s does gets a long text cut to what it shows', async (dialect) => {
    const { far } = await hookAt()
    const max = dialect === 'discord' ? 2_000 : 3_900
    const hook = at(far, dialect)
    for (const unit of ['a', '@😀']) {
      const ring = message({ detail: unit.repeat(5_000) }, { notes: ['reported by ci'] })
      expect(await sender(hook)(ring)).toMatchObject({ type: 'accepted' })
      const { text } = far.messages().at(-1)!
      expect(text.length).toBeLessThanOrEqual(max)
      expect(text.length).toBeGreaterThan(max - 4)
      expect(text.isWellFormed()).toBe(true)
      expect(text).toMatch(/…\nThread: https:\/\/t3\.test\/\?thread=t-1\nreported by ci$/)
    }
    expect(far.violations).toEqual([])
  })

  test.each(servers)('as %s does is not believed by the word of another', async (dialect) => {
    const { far } = await hookAt()
    for (const text of ['<html>ok</html>', '{"ok":false}', '{"status":"fine"}', 'no', '"ok"']) {
      far.fail({ status: 200, text }, 'webhook')
      const outcome = await sender(at(far, dialect))()
      expect(outcome).toMatchObject({ type: 'unknown', code: 'not-understood' })
    }
  })

  test.each<readonly [number, object]>([
    [400, payload],
    [403, credential],
    [404, destination],
    [501, perhaps],
    [502, perhaps],
    [429, slowDown],
  ])('is classed by its status (%i), whatever it says', async (status, meaning) => {
    const { far } = await hookAt()
    for (const dialect of servers) {
      far.fail({ status, text: 'invalid_blocks' }, 'webhook')
      expect(said(await sender(at(far, dialect))())).toEqual(meaning)
    }
    expect(far.received('webhook')).toBe(servers.length)
  })
})
