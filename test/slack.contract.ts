/**
 * What the Slack channels and a Slack must agree on, whichever Slack it is, but for what it is known to answer
 * otherwise.
 */
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest'

import type { Channel, Message } from '../src/channels/channel.ts'
import { type Mentions, slackBot, slackWebhook } from '../src/channels/slack/slack.ts'
import type { Outcome } from '../src/doorbell/outcome.ts'
import { type Deviations, deviating } from './deviations.ts'
import { message } from './message.ts'
import { mentionsIn } from './slack-reading.ts'
import type { SlackMessage, SlackSide, SlackSideOptions } from './slack-side.ts'
import { slackTextContract } from './slack-text.contract.ts'

export type SlackOpen = (options: SlackSideOptions) => Promise<SlackSide>

type Wish = { readonly mention?: Mentions }
type Made = (side: SlackSide, wish?: Wish) => Channel

const bot: Made = ({ token, channel, apiUrl }, wish = {}) =>
  slackBot({ token, channel, apiUrl, ...wish })
const webhook: Made = ({ hookUrl: url }, wish = {}) =>
  slackWebhook({ url, dialect: 'slack', ...wish })

const longEnough = () => AbortSignal.timeout(10_000)
const link = 'https://t3.test/?thread=t-1'

export function slackContract(open: SlackOpen, deviations: Deviations = {}): void {
  let side: SlackSide
  beforeAll(async () => {
    side = await open({})
  })
  afterAll(() => side.close())
  afterEach(() => {
    expect(side.violations.splice(0)).toEqual([])
  })

  const asSlack = deviating(deviations)

  /** What was posted by sending these one after the other, and how each went. */
  const arrivals = async (made: Channel, ...rings: readonly Message[]) => {
    onTestFinished(() => made.close())
    const before = (await side.messages()).length
    const outcomes: Outcome[] = []
    for (const ring of rings) outcomes.push(await made.send(ring, longEnough()))
    return { outcomes, arrived: (await side.messages()).slice(before) }
  }
  const arrival = async (made: Channel, ring: Message): Promise<SlackMessage> => {
    const { outcomes, arrived } = await arrivals(made, ring)
    expect(outcomes).toMatchObject([{ type: 'accepted' }])
    expect(arrived).toHaveLength(1)
    return arrived[0]!
  }

  describe.each([
    ['a bot', bot],
    ['a webhook', webhook],
  ] as const)('by %s', (_, made) => {
    test('a ring arrives with all it says, once', async () => {
      const title = '[NEEDS-HUMAN] infra#42 needs a human'
      const body = `errored before push\nThread: <${link}>\nreported by ci`
      const arrived = await arrival(made(side), message({}, { notes: ['reported by ci'] }))
      expect(arrived.text).toBe(`${title}\n${body}`)
      expect(arrived.blocks).toMatchObject([
        { type: 'header', text: { type: 'plain_text', text: title, emoji: false } },
        { type: 'section', text: { type: 'mrkdwn', text: body, verbatim: true } },
      ])
      const context = 'infra#42 · afk · escalation · needs-human'
      expect(arrived.attachments).toMatchObject([
        {
          color: expect.stringMatching(/^#[0-9a-f]{6}$/),
          blocks: [{ type: 'context', elements: [{ type: 'mrkdwn', text: context }] }],
        },
      ])
      expect(arrived.attachments).not.toHaveProperty('0.fallback')
    })

    test('each kind has a colour of its own', async () => {
      const rings = (['done', 'needs-human', 'frozen'] as const).map((kind) => message({ kind }))
      const { arrived } = await arrivals(made(side), ...rings)
      const colours = arrived.map(({ attachments: [bar] }) => Object(bar) as { color: string })
      expect(new Set(colours.map(({ color }) => color)).size).toBe(3)
    })

    test.each(['', ' \n\t '])('a blank body (%j) has no section', async (detail) => {
      const arrived = await arrival(made(side), message({ detail, threadId: null }))
      expect(arrived.text).toBe('[NEEDS-HUMAN] infra#42 needs a human')
      expect(arrived.blocks).toMatchObject([{ type: 'header' }])
      expect(arrived.blocks).toHaveLength(1)
    })

    test('without a link nothing opens', async () => {
      const arrived = await arrival(made(side), message({ threadId: null }))
      expect(arrived.text).toMatch(/errored before push$/)
      expect(JSON.stringify(arrived)).not.toMatch(/Thread:|https?:/)
    })

    slackTextContract((ring) => arrival(made(side), ring))

    test('only whom its owner set is called, and only for that kind', async () => {
      const mention = { 'needs-human': ['here', 'U0123456789'], frozen: ['channel', 'S0123456789'] }
      const called = ['<!here>', '<@U0123456789>', '<!channel>', '<!subteam^S0123456789>']
      const spelled = (kind: 'done' | 'needs-human' | 'frozen') =>
        message({ kind, detail: called.join(' ') })
      const rings = [spelled('needs-human'), spelled('frozen'), spelled('done')]
      const { arrived } = await arrivals(made(side, { mention }), ...rings)
      const calls = arrived.map((each) => mentionsIn(each))
      expect(calls).toEqual([called.slice(0, 2), called.slice(2), []])
    })

    test('the check finds nothing bad, and posts nothing', async () => {
      const before = (await side.messages()).length
      const made_ = made(side)
      onTestFinished(() => made_.close())
      const findings = await made_.check(longEnough())
      expect(findings.map(({ type }) => type)).toContain('good')
      expect(findings.filter(({ type }) => type === 'bad')).toEqual([])
      expect(await side.messages()).toHaveLength(before)
    })
  })

  test('a bot says where its message is, and whose ring it was', async () => {
    const ring = message()
    const { outcomes, arrived } = await arrivals(bot(side), ring)
    const reference = `${side.channel}/${arrived[0]?.ts}`
    expect(outcomes).toEqual([{ type: 'accepted', reference }])
    const payload = { handle: ring.handle }
    expect(arrived[0]?.metadata).toEqual({ event_type: 'afk_ring', event_payload: payload })
  })

  test('a repeat of what may have arrived finds it, and posts nothing', async () => {
    const ring = message()
    const repeat = { ...ring, mayHaveArrivedSince: Date.now() }
    const { outcomes, arrived } = await arrivals(bot(side), ring, repeat, repeat)
    expect(arrived).toHaveLength(1)
    expect(outcomes.slice(1)).toEqual([outcomes[0], outcomes[0]])
  })

  test('a repeat of what certainly did not arrive is posted without a look', async () => {
    const ring = message()
    const { outcomes, arrived } = await arrivals(bot(side), ring, ring)
    expect(outcomes).toMatchObject([{ type: 'accepted' }, { type: 'accepted' }])
    expect(arrived).toHaveLength(2)
  })

  test('a repeat of what did not arrive is posted, whatever else the channel holds', async () => {
    const repeat = message({}, { mayHaveArrivedSince: Date.now() })
    const { arrived } = await arrivals(bot(side), message(), repeat)
    const handles = arrived.map(({ metadata }) => (Object(metadata) as Ours).event_payload.handle)
    expect(handles).toEqual([expect.any(String), repeat.handle])
  })

  test('a repeat is found below two hundred newer messages', async () => {
    const ring = message()
    const at = Date.now()
    const crowd = Array.from({ length: 210 }, () => message({ kind: 'done' }))
    const { outcomes, arrived } = await arrivals(bot(side), ring, ...crowd, {
      ...ring,
      mayHaveArrivedSince: at,
    })
    expect(arrived).toHaveLength(211)
    expect(outcomes.at(-1)).toEqual(outcomes[0])
  })

  test('a webhook has nobody to ask: a repeat is posted again', async () => {
    const ring = message()
    const repeat = { ...ring, mayHaveArrivedSince: Date.now() }
    const { arrived } = await arrivals(webhook(side), ring, repeat)
    expect(arrived).toHaveLength(2)
  })

  test('a channel that is not there refuses for good', async () => {
    const { outcomes } = await arrivals(bot({ ...side, channel: 'C0NOSUCHONE' }), message())
    expect(outcomes).toMatchObject([{ type: 'refused', code: 'not-found' }])
  })

  asSlack('a wrong token is a refused credential', async () => {
    const { outcomes } = await arrivals(bot({ ...side, token: 'xoxb-wrong' }), message())
    expect(outcomes).toMatchObject([{ type: 'refused', code: 'credential' }])
  })

  asSlack('a wrong webhook is a refused credential', async () => {
    const hookUrl = `${side.hookUrl.slice(0, -1)}Z`
    const { outcomes } = await arrivals(webhook({ ...side, hookUrl }), message())
    expect(outcomes).toMatchObject([{ type: 'refused', code: 'credential' }])
  })

  asSlack('a second message in a second is deferred for as long as is asked', async () => {
    const far = await open({ limited: true })
    onTestFinished(() => far.close())
    for (const made of [bot(far), webhook(far)]) {
      onTestFinished(() => made.close())
      await made.send(message(), longEnough())
      const outcome = await made.send(message(), longEnough())
      expect(outcome).toMatchObject({ type: 'deferred', retryAfterMs: 1_000 })
    }
    expect(await far.messages()).toHaveLength(1)
  })
}

type Ours = { readonly event_payload: { readonly handle: string } }
