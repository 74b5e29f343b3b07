import { setImmediate as turn } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'

import type { Channel } from '../src/channels/channel.ts'
import { slackBot, slackWebhook } from '../src/channels/slack/slack.ts'
import { handleFor } from '../src/delivery/handle.ts'
import type { NewRing } from '../src/store/rings.ts'
import type { Store } from '../src/store/store.ts'
import { manualClock } from './manual-clock.ts'
import { posts, type SlackFault } from './slack-stand-in-faults.ts'
import { type Draw, slackStandIn, type SlackStandIn } from './slack-stand-in.ts'
import { openStore } from './temporary.ts'
import { startBell, type TimedBell } from './timed-bell.ts'
import { until } from './until.ts'

const faults = 500
const batch = 110
const seed = Number(process.env['AFK_SLACK_SEED'] ?? Date.now() % 2 ** 31)

type Mode = {
  readonly name: string
  readonly made: (far: SlackStandIn) => Channel
  readonly onPost: readonly SlackFault[]
}

/** What is refused for good is left out: it ends a ring, and so it should. */
const anywhere: readonly SlackFault[] = [
  'hang',
  'hang, posted',
  'reset',
  'reset, posted',
  'fatal',
  'fatal, posted',
  '503',
  '429',
  '429 without a header',
  'page',
  'slow body',
  'half an answer, posted',
  'cut short, posted',
]

const onLookUp: readonly SlackFault[] = [
  ...['hang', 'reset', 'fatal', '503', '429', '429 without a header', 'page'],
  { error: 'ratelimited' },
  { error: 'internal_error' },
  { error: 'team_added_to_org' },
] as SlackFault[]

const modes: readonly Mode[] = [
  {
    name: 'a bot',
    made: ({ token, channel, apiUrl }) => slackBot({ token, channel, apiUrl }),
    onPost: [
      ...anywhere,
      { error: 'ratelimited' },
      { error: 'internal_error' },
      { error: 'accesslimited' },
      { error: 'invalid_blocks' },
    ],
  },
  {
    name: 'a webhook',
    made: ({ hookUrl }) => slackWebhook({ url: hookUrl, dialect: 'slack' }),
    onPost: [
      ...anywhere,
      { status: 429, text: '{"retry_after":3,"ok":false}', retryAfter: '3' },
      { status: 400, text: 'invalid_blocks' },
    ],
  },
]

test.each(modes)(
  `$name brings every ring through ${faults} faults, and repeats only what may not have arrived (AFK_SLACK_SEED=${seed})`,
  async ({ made, onPost }) => {
    const clock = manualClock(1_795_000_000_000)
    const far = await slackStandIn({ now: clock.now })
    onTestFinished(() => far.close())
    const slack = made(far)
    onTestFinished(() => slack.close())
    const dice = diceOf(seed)
    let left = faults
    far.faulty((method, body) => {
      if (left === 0 || dice() < 0.4) return null
      left -= 1
      return picked(method === 'conversations.history' ? onLookUp : onPost, body, dice)
    })

    const work = working(openStore())
    const answer = work.counted(slack.send)
    const channels = { slack: { answer, timeoutMs: 100, concurrency: 16 } }
    const bell = await startBell({ store: work.store, clock, channels })
    while (left > 0) {
      const rings: NewRing[] = []
      for (let made = 0; made < batch; made++) rings.push(await bell.ring(numbered()))
      await driven(bell, rings, work.isUnderWay)
      for (const ring of rings) await checked(bell, ring, far)
    }
    expect(bell.log.filter(({ event }) => event === 'bug')).toEqual([])
    expect(far.violations).toEqual([])
    expect(far.requests.filter(({ fault }) => fault !== null)).toHaveLength(faults)
  },
  60_000,
)

let numbers = 0
const numbered = () => ({ issue: { repo: 'infra', number: (numbers += 1) } })

/** Every try but the last was deferred or left in doubt; the last was accepted. */
async function checked(bell: TimedBell, ring: NewRing, far: SlackStandIn): Promise<void> {
  const [delivery, ...more] = (await bell.story(ring)).deliveries
  expect(more).toEqual([])
  const tries = delivery?.tries ?? []
  expect(delivery?.state).toBe('accepted')
  expect(tries.at(-1)?.outcome).toBe('accepted')
  for (const { outcome } of tries.slice(0, -1)) expect(outcome).toMatch(/^(?:deferred|unknown)$/)

  const title = `${ring.ring.notification.title}\n`
  const asked = far.requests.filter(({ body }) => body.includes(JSON.stringify(title).slice(1, -1)))
  const copies = far.messages().filter(({ text }) => text.startsWith(title))
  expect(copies).toEqual(asked.flatMap(({ posted }) => posted ?? []))
  if (delivery?.reference?.startsWith(far.channel)) {
    expect(delivery.reference).toBe(`${far.channel}/${copies[0]?.ts}`)
    const handle = handleFor({ key: ring.ring.key, channel: 'slack', wave: 0 })
    expect(copies.map(({ metadata }) => metadata)).toMatchObject([{ event_payload: { handle } }])
    return
  }
  // A machine that is busy can be too slow to answer in time without being told to hang.
  const late = tries.filter(({ code }) => code === 'timeout').length
  const hung = asked.filter(({ fault }) => fault === 'hang' || fault === 'hang, posted').length
  const doubtful = asked.filter(({ fault }) => fault !== null && leavesDoubt(fault)).length
  expect(copies.length).toBeGreaterThanOrEqual(1 + doubtful)
  expect(copies.length).toBeLessThanOrEqual(1 + doubtful + Math.max(0, late - hung))
  expect(copies.length).toBeLessThanOrEqual(
    1 + tries.filter(({ outcome }) => outcome === 'unknown').length,
  )
}

function leavesDoubt(fault: SlackFault): boolean {
  return posts(fault) && fault !== 'slow body'
}

/** Lets time pass whenever nothing is under way, until all are accepted. */
async function driven(
  { clock, log }: TimedBell,
  rings: readonly NewRing[],
  isUnderWay: () => boolean,
): Promise<void> {
  const open = new Set(rings.map(({ ring }) => ring.id))
  let read = 0
  for (;;) {
    await quiet(isUnderWay)
    for (; read < log.length; read++) {
      const event = log[read]
      if (event?.event === 'delivery-accepted') open.delete(event.ring)
      if (event?.event === 'delivery-dead') throw new Error(`a ring died: ${event.detail}`)
    }
    if (open.size === 0) return
    clock.advance(stepMs)
  }
}

/** Shorter than a lease: what is claimed in a step is settled before its lease ends. */
const stepMs = 20_000

/** Nothing is under way, nor begins in the next turns of the event loop. */
async function quiet(isUnderWay: () => boolean): Promise<void> {
  for (let still = 0, turns = 0; still < 3; turns++) {
    // Whatever hangs takes its time.
    if (turns > 100 && isUnderWay()) await until('it ends', () => !isUnderWay())
    await turn()
    still = isUnderWay() ? 0 : still + 1
  }
}

/** Knows whether the store or the channel is at work. */
function working(real: Store) {
  let underWay = 0
  const counted =
    <A extends readonly unknown[], R>(work: (...args: A) => R | Promise<R>) =>
    async (...args: A): Promise<R> => {
      underWay += 1
      try {
        return await work(...args)
      } finally {
        underWay -= 1
      }
    }
  const { claim, settle, lapsed } = real
  const store = {
    ...real,
    claim: counted(claim),
    settle: counted(settle),
    lapsed: counted(lapsed),
  }
  return { store, counted, isUnderWay: () => underWay > 0 }
}

/** Blocks are refused only where there are some: a text alone is never told so. */
function picked(among: readonly SlackFault[], body: string, dice: () => number): ReturnType<Draw> {
  const fault = among[Math.floor(dice() * among.length)] ?? null
  const isAboutBlocks = JSON.stringify(fault).includes('invalid_blocks')
  return isAboutBlocks && !body.includes('"blocks"') ? '503' : fault
}

/** Mulberry32. */
function diceOf(start: number): () => number {
  let state = start | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
