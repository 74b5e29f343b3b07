import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

import { afk } from '../../test/afk.ts'
import { closedPort, listen } from '../../test/listen.ts'
import { receiver, startedNode } from '../../test/node.ts'
import { temporaryFolder } from '../../test/temporary.ts'
import { until } from '../../test/until.ts'
import type { WebhookPayload } from '../channels/webhook/payload.ts'

const ringing = (...more: string[]) => [
  'ring',
  'done',
  '--issue',
  'infra#42',
  '--detail',
  'x',
  ...more,
]

/** A folder with a configuration whose channel is a receiver, and no node. */
async function withoutNode() {
  const folder = temporaryFolder()
  const hook = await receiver()
  const config = join(folder, 'afk.yaml')
  const store = { type: 'sqlite', path: join(folder, '.afk/afk.db') }
  writeFileSync(config, JSON.stringify({ store, channels: { hook: hook.channel } }))
  const env = { AFK_URL: await closedPort() }
  const spool = join(folder, '.afk/spool')
  return {
    folder,
    hook,
    env,
    config,
    spool,
    start: () => startedNode({ folder, channels: { hook: hook.channel } }),
  }
}

const bodies = (received: readonly WebhookPayload[]) =>
  received.map(({ notification }) => notification.body)

describe('afk ring --spool', () => {
  test('leaves a ring for the next start, which rings it once and says where it is from', async () => {
    const { hook, env, config, spool, start } = await withoutNode()
    const { code, out } = await afk(ringing('--spool', '--config', config), { env })
    expect([code, out]).toEqual([0, expect.stringMatching(/^left for the next start: .*\.json$/)])
    expect(readdirSync(spool)).toHaveLength(1)
    expect(hook.received).toEqual([])

    const node = await start()
    await until('it is received', () => hook.received.length === 1)
    expect(bodies(hook.received)).toEqual(['x\nreported by spool'])
    expect(hook.received[0]?.ring).toMatchObject({
      source: 'spool',
      key: expect.stringMatching(/^cli-/),
    })
    expect(readdirSync(spool)).toEqual([])

    await node.stop()
    const { events } = await start()
    expect(events.map(({ event }) => event)).toEqual(['node-started'])
  })

  test('leaves it in the data folder that it is given', async () => {
    const { env, config, folder } = await withoutNode()
    const data = join(folder, 'elsewhere')
    const argv = ringing('--spool', '--config', config, '--data', data)
    expect(await afk(argv, { env })).toMatchObject({ code: 0 })
    expect(readdirSync(join(data, 'spool'))).toHaveLength(1)
  })

  test('that cannot be left is exit 1 and one sentence', async () => {
    const { env, config } = await withoutNode()
    const argv = ringing('--spool', '--config', config, '--data', config)
    const { code, err } = await afk(argv, { env })
    expect(code).toBe(1)
    expect(err).toMatch(/^afk: cannot leave the ring in .*: make it writable/)
  })

  test('leaves a file that only its owner can read', async () => {
    const { env, config, spool } = await withoutNode()
    await afk(ringing('--spool', '--config', config), { env })
    const [file] = readdirSync(spool)
    expect(statSync(join(spool, file!)).mode & 0o777).toBe(0o600)
    expect(statSync(spool).mode & 0o777).toBe(0o700)
  })

  test('under the same key rings once, even if the node already has it', async () => {
    const { hook, env, config, start } = await withoutNode()
    const argv = ringing('--key', 'run-7')
    const node = await start()
    await afk(argv, node)
    await until('it is received', () => hook.received.length === 1)
    await node.stop()
    await afk([...argv, '--spool', '--config', config], { env })
    const { events } = await start()
    expect(events.map(({ event }) => event)).toEqual(['node-started'])
  })

  test('under another key is another ring, however alike the keys are', async () => {
    const { hook, env, config, start } = await withoutNode()
    for (const key of ['infra/run-7', 'web/run-7', 'web:run-7', 'web.run-7'])
      await afk(ringing('--spool', '--config', config, '--key', key), { env })
    await start()
    await until('all are received', () => hook.received.length === 4)
  })

  test.each([
    ['--key', 'run:7'],
    ['--link', 'javascript:x'],
    ['--issue', 'a b#1'],
  ])('asked wrongly by %s %s is exit 2, and leaves nothing', async (...more) => {
    const { env, config, folder } = await withoutNode()
    const { code, err } = await afk(ringing('--spool', '--config', config, ...more), { env })
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^afk: .*\((reserved_key|invalid_body)\)/),
    ])
    expect(readdirSync(folder)).toEqual(['afk.yaml'])
  })

  const kept = async (text: string, name = 'mine.json') => {
    const found = await withoutNode()
    await afk(ringing('--spool', '--config', found.config), found)
    writeFileSync(join(found.spool, name), text)
    const { events } = await found.start()
    await until('the good one is received', () => found.hook.received.length === 1)
    expect(readdirSync(found.spool)).toEqual([`${name}.refused`])
    expect(readFileSync(join(found.spool, `${name}.refused`), 'utf8')).toBe(text)
    const told = events.filter(({ event }) => event === 'spool-refused')
    expect(told).toEqual([
      expect.objectContaining({ file: name, detail: expect.stringMatching(/./) }),
    ])
  }

  test.each([
    '{',
    '',
    'null',
    '[]',
    '{"kind":"paused"}',
    '{"kind":"done","issue":{"repo":"a","number":1},"detail":"x","key":"run:7"}',
  ])('a file that cannot be rung (%s) is kept and told, and the others ring', async (text) => {
    await kept(text)
  })

  test('a file whose key belongs to another event is kept and told', async () => {
    const { hook, env, config, spool, start } = await withoutNode()
    const node = await start()
    await afk(ringing('--key', 'run-7'), node)
    await until('it is received', () => hook.received.length === 1)
    await node.stop()
    const other = ['ring', 'frozen', '--issue', 'infra#42', '--detail', 'other', '--key', 'run-7']
    await afk([...other, '--spool', '--config', config], { env })
    const { events } = await start()
    expect(events.map(({ event }) => event)).toContain('spool-refused')
    expect(readdirSync(spool)).toHaveLength(1)
  })
})

describe('afk ring --direct', () => {
  test('rings at once, without a node or a store', async () => {
    const { hook, env, config, folder } = await withoutNode()
    const ran = await afk(ringing('--direct', '--config', config), { env })
    expect(ran).toEqual({ code: 0, out: 'hook: accepted', err: '' })
    expect(bodies(hook.received)).toEqual(['x\nreported by direct'])
    expect(readdirSync(folder)).toEqual(['afk.yaml'])
  })

  test('is exit 1 where a channel did not take it, and names it', async () => {
    const { hook, env, config } = await withoutNode()
    hook.answer(401)
    const { code, out, err } = await afk(ringing('--direct', '--config', config), { env })
    expect([code, out, err]).toEqual([1, '', expect.stringMatching(/^afk: hook: refused: /)])
  })

  test('follows the routes', async () => {
    const { env, config, hook } = await withoutNode()
    const other = await listen((_, res) => res.writeHead(500).end())
    const channels = { hook: hook.channel, other: { ...hook.channel, url: other } }
    const routes = [{ channels: ['hook'] }]
    writeFileSync(config, JSON.stringify({ channels, routes }))
    expect((await afk(ringing('--direct', '--config', config), { env })).out).toBe('hook: accepted')
  })
})

test.each(['--spool', '--direct'])('afk ring %s --json prints one JSON document', async (flag) => {
  const { env, config } = await withoutNode()
  const { code, out } = await afk(ringing(flag, '--json', '--config', config), { env })
  expect(code).toBe(0)
  expect(() => JSON.parse(out) as unknown).not.toThrow()
})
