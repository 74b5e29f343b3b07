import { expect, test } from 'vitest'

import { jsonLine, type LogEvent, textLine } from './log.ts'

const ring = 'ring_1'
const tried = {
  ring,
  delivery: 'delivery_1',
  channel: 'phone',
  tries: 2,
  at: 1,
  ms: 20,
  waitedMs: null,
}
const failing = { ...tried, code: 'timeout', detail: 'no answer in time' }

const events: { readonly [E in LogEvent['event']]: Extract<LogEvent, { event: E }> } = {
  'node-started': { event: 'node-started', at: 'http://h', store: 'afk.db', loop: 'disarmed' },
  'node-stopped': { event: 'node-stopped' },
  'ring-accepted': {
    event: 'ring-accepted',
    ring,
    kind: 'done',
    title: '[DONE] a#1 landed',
    source: 'local',
    ms: 1.5,
  },
  'ring-acknowledged': { event: 'ring-acknowledged', ring, by: 'ada' },
  'ring-resent': { event: 'ring-resent', ring, by: 'ada', channels: ['phone'] },
  'delivery-accepted': { event: 'delivery-accepted', ...tried, outcome: 'accepted' },
  'delivery-held': { event: 'delivery-held', ...failing, outcome: 'refused' },
  'delivery-retrying': {
    event: 'delivery-retrying',
    ...failing,
    outcome: 'unknown',
    nextAt: '2026-11-24T00:00:00.000Z',
  },
  'delivery-dead': { event: 'delivery-dead', ...failing, outcome: 'refused' },
  'delivery-rehomed': { event: 'delivery-rehomed', ring, from: 'old', to: 'phone' },
  'channel-closed': {
    event: 'channel-closed',
    channel: 'phone',
    detail: 'wrong token',
    probeAt: '2026-11-24T00:15:00.000Z',
  },
  'channel-opened': { event: 'channel-opened', channel: 'phone' },
  'run-queued': { event: 'run-queued', run: 'run_1', issue: 'a#1', by: 'loop' },
  'run-ended': { event: 'run-ended', run: 'run_1', issue: 'a#1', state: 'done' },
  'look-failed': { event: 'look-failed', repo: 'a', detail: 'the remote does not answer' },
  'issue-faulty': { event: 'issue-faulty', repo: 'a', where: '0001-x.md:3', detail: 'no such key' },
  'loop-paused': { event: 'loop-paused', scope: '*', by: 'operator' },
  'loop-resumed': { event: 'loop-resumed', scope: 'a', by: 'operator' },
  'budget-granted': { event: 'budget-granted', issue: 'a#1', by: 'ada', why: 'nearly there' },
  'chore-waits': {
    event: 'chore-waits',
    run: 'run_1',
    kind: 'stop-agent',
    detail: 'it still runs',
  },
  'token-expires': {
    event: 'token-expires',
    server: '127.0.0.1:3773',
    at: '2026-11-25T09:00:00.000Z',
  },
  'rings-forgotten': { event: 'rings-forgotten', count: 3, days: 365 },
  'heartbeat-refused': { event: 'heartbeat-refused', detail: 'the heartbeat’s URL answered 404' },
  'heartbeat-taken': { event: 'heartbeat-taken' },
  'node-reloaded': { event: 'node-reloaded', restart: ['listen'] },
  'reload-refused': { event: 'reload-refused', detail: 'afk.yaml:3: channels.x is not a key' },
  'store-refusing': { event: 'store-refusing', detail: 'the disk is full' },
  'store-writing': { event: 'store-writing' },
  'spool-refused': { event: 'spool-refused', file: 'a.json', detail: 'it is not JSON' },
  bug: { event: 'bug', where: 'lane phone', detail: 'TypeError' },
}

test.each(Object.values(events))('$event is one line, and as JSON one document', (event) => {
  const now = Date.parse('2026-11-24T12:00:00Z')
  const line = jsonLine(event, now)
  expect(JSON.parse(line)).toEqual({ time: '2026-11-24T12:00:00.000Z', ...event })
  expect([line, textLine(event, now)].join('')).not.toContain('\n')
  const { event: _, ...facts } = event
  const said = textLine(event, now)
  const { channel = '', detail = '' } = facts as { channel?: string; detail?: string }
  expect(said).toContain(channel)
  expect(said).toContain(detail)
})

test('a delivery that is dead says how to send it again', () => {
  expect(textLine(events['delivery-dead'], 0)).toMatch(/phone gave up ring_1: .*afk resend ring_1$/)
})
