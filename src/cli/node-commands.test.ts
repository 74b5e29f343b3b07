import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'

import { afk } from '../../test/afk.ts'
import { closedPort } from '../../test/listen.ts'
import { receiver, startedNode } from '../../test/node.ts'
import { temporaryFolder } from '../../test/temporary.ts'
import { DoctorView, RingPageView, RingView, StatusView } from '../server/schemas.ts'

async function started(more: object = {}) {
  const hook = await receiver()
  const node = await startedNode({ channels: { hook: hook.channel }, more })
  return { ...node, hook }
}

describe('afk status', () => {
  test('says how the node stands, in a line for each thing', async () => {
    const { env } = await started({ links: { baseUrl: 'https://t3.test/secret-path' } })
    const { code, out } = await afk(['status'], { env })
    expect(code).toBe(0)
    expect(out).toMatch(/^node {5}afk \S+, up since [\d:]+, ready$/m)
    expect(out).toMatch(/^loop {5}disarmed: the kill switch is on/m)
    expect(out).toMatch(/^channel {2}hook \(webhook\), open, 0 due$/m)
    expect(out).toMatch(/^links {4}by thread-query, below https:\/\/t3\.test$/m)
    expect(out).toMatch(/^unsent {3}nothing waits$/m)
  })

  test('says that no base URL means no thread link', async () => {
    const { env } = await started()
    expect((await afk(['status'], { env })).out).toMatch(
      /^links {4}none: links\.baseUrl is not set/m,
    )
  })
})

describe('afk doctor', () => {
  test('tries what the node has', async () => {
    const { env } = await started()
    const { code, out } = await afk(['doctor'], { env })
    expect(code).toBe(0)
    expect(out).toMatch(/^ok {3}store: /m)
    expect(out).toMatch(/^\? {4}links: .* -> set links\.baseUrl/m)
  })

  test('without a node tries the configuration here, and says that none answers', async () => {
    const folder = temporaryFolder()
    const hook = await receiver()
    const config = join(folder, 'afk.yaml')
    writeFileSync(config, JSON.stringify({ channels: { hook: hook.channel } }))
    const env = { AFK_URL: await closedPort() }
    const { code, out } = await afk(['doctor', '--config', config], { env })
    expect([code, out]).toEqual([
      1,
      expect.stringMatching(/^BAD {2}node: no node answers -> afk up\n.*hook: /),
    ])
    expect(hook.received).toEqual([])
  })
})

describe('afk drill', () => {
  test('rings every channel, is marked, and tells how each answered', async () => {
    const { env, hook } = await started()
    const { code, out } = await afk(['drill', '--kind', 'done'], { env })
    expect(code).toBe(0)
    expect(out).toMatch(/by drill/)
    expect(out).toMatch(/^ {2}hook: accepted after 1 try/m)
    expect(hook.received[0]?.notification).toMatchObject({
      title: '[DONE] drill#1 landed',
      body: expect.stringMatching(/^DRILL.*\nThis is a drill: no run ended\.$/s),
    })
  })

  test('is exit 1 where a channel does not take it', async () => {
    const { env, hook } = await started()
    hook.answer(400)
    const { code, out } = await afk(['drill'], { env })
    expect([code, out]).toEqual([1, expect.stringMatching(/^ {2}hook: dead after 1 try/m)])
  })

  test('as a fourth kind is exit 2, and rings nothing', async () => {
    const { env, events } = await started()
    expect((await afk(['drill', '--kind', 'paused'], { env })).code).toBe(2)
    expect(events.map(({ event }) => event)).toEqual(['node-started'])
  })
})

describe('afk config', () => {
  const secret = 'hunter2-hunter2-hunter2'
  const file = (text: string) => {
    const path = join(temporaryFolder(), 'afk.yaml')
    writeFileSync(path, text)
    return path
  }

  test('check says that a file is good and what it makes, and no secret', async () => {
    const path = file(
      `tokens: { operator: ${secret} }\nchannels:\n  phone: { type: ntfy, server: "https://u:${secret}@n.test", topic: ${secret}, token: ${secret} }\n`,
    )
    for (const argv of [
      ['config', 'check', path],
      ['config', 'check', path, '--json'],
    ]) {
      const { code, out, err } = await afk(argv)
      expect([code, err]).toEqual([0, ''])
      expect(out).toMatch(/phone/)
      expect(out).not.toContain(secret)
    }
  })

  test('check names every problem with its line, and exits 2', async () => {
    const path = file(`lisen: x\nlog: loud\ntokens: { operator: short }\n`)
    const { code, out, err } = await afk(['config', 'check', path])
    expect([code, out]).toEqual([2, ''])
    expect(err.split('\n')).toEqual([
      'afk: the configuration cannot be used:',
      `${path}:3: tokens.operator must have 16 characters or more; make one with: openssl rand -hex 24`,
      expect.stringMatching(`${path}:2: log is wrong`),
      `${path}:1: lisen is not a key; did you mean listen?`,
    ])
  })

  test('check of a secret that cannot sign says so', async () => {
    const path = file(
      'channels:\n  hook: { type: webhook, url: https://o.test, secret: nonsense }\n',
    )
    const { code, err } = await afk(['config', 'check', path])
    expect([code, err]).toEqual([2, expect.stringMatching(/:2: channels\.hook\.secret/)])
  })

  test('schema prints the JSON Schema', async () => {
    const { code, out } = await afk(['config', 'schema'])
    expect([code, JSON.parse(out)]).toEqual([
      0,
      expect.objectContaining({ additionalProperties: false }),
    ])
  })
})

describe('--json', () => {
  const Posted = z.looseObject({ id: z.string(), duplicate: z.boolean() })
  const Checked = z.strictObject({
    file: z.string().nullable(),
    channels: z.array(z.strictObject({ name: z.string(), type: z.string() })),
    armed: z.boolean(),
    missing: z.array(z.string()),
    warnings: z.array(z.strictObject({ what: z.string(), mend: z.string() })),
  })

  test.each([
    ['ring done --issue infra#42 --detail x', Posted],
    ['rings', RingPageView],
    ['rings --open --kind frozen --limit 5', RingPageView],
    ['show', RingView],
    ['status', StatusView],
    ['doctor', DoctorView],
    ['drill', RingView],
    ['config check', Checked],
  ])('of afk %s is one JSON document and nothing else', async (line, schema) => {
    const { env } = await started()
    await afk('ring frozen --issue infra#42 --detail x'.split(' '), { env })
    const { code, out, err } = await afk([...line.split(' '), '--json'], { env })
    expect([code, err]).toEqual([0, ''])
    expect(() => schema.parse(JSON.parse(out))).not.toThrow()
  })
})

describe('afk config check', () => {
  test('warns of links that lead to no thread of T3 Code, and says what to set; it is good all the same', async () => {
    const config = join(temporaryFolder(), 'afk.yaml')
    const executor = { type: 't3', url: 'http://127.0.0.1:3773', token: 'secret' }
    const written = (links: object) =>
      writeFileSync(config, JSON.stringify({ links, loop: { repos: { infra: { executor } } } }))
    written({})
    const { code, out } = await afk(['config', 'check', config])
    expect([code, out]).toEqual([
      0,
      expect.stringMatching(/^warning {2}links\.template is thread-query, .* -> set .*: t3,/m),
    ])
    const { out: json } = await afk(['config', 'check', config, '--json'])
    expect(JSON.parse(json)).toMatchObject({ warnings: [{ mend: expect.any(String) }] })
    expect(out + json).not.toContain('secret')
    written({ template: 't3' })
    expect((await afk(['config', 'check', config])).out).not.toMatch(/^warning/m)
  })

  test('takes its file as a word or as --config, and one alone', async () => {
    const config = join(temporaryFolder(), 'other.yaml')
    writeFileSync(config, 'log: json\n')
    const said = await afk(['config', 'check', config])
    expect(said).toMatchObject({ code: 0, out: expect.stringContaining(`${config}: good\n`) })
    expect(await afk(['config', 'check', '--config', config])).toEqual(said)
    expect(await afk(['config', 'check', config, '--config', config])).toMatchObject({ code: 2 })
  })
})

describe('afk up', () => {
  test('where another listens already is exit 1, and says what to do', async () => {
    const { url } = await started()
    const data = temporaryFolder()
    const at = new URL(url).host
    const { code, err } = await afk(['up', '--listen', at, '--data', data])
    expect([code, err]).toEqual([
      1,
      `afk: ${at} is taken: stop what listens there, or use --listen`,
    ])
  })

  test('on a store that another node has is exit 1, and says what to do', async () => {
    const { folder } = await started()
    const { code, err } = await afk([
      'up',
      '--listen',
      '127.0.0.1:0',
      '--data',
      join(folder, '.afk'),
    ])
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/^afk: another node runs on .*: stop it, or/),
    ])
  })

  test('with a file for a data folder is exit 1 and one sentence', async () => {
    const file = join(temporaryFolder(), 'file')
    writeFileSync(file, '')
    const { code, err } = await afk(['up', '--listen', '127.0.0.1:0', '--data', file])
    expect(code).toBe(1)
    expect(err).toMatch(/^afk: cannot use the folder of .*: mend it, or use --data$/)
  })

  test('on a file that is no store is exit 1, and leaves it as it is', async () => {
    const data = temporaryFolder()
    writeFileSync(
      join(data, 'afk.db'),
      'these are my notes, and they are longer than a header'.repeat(99),
    )
    const { code, err } = await afk(['up', '--listen', '127.0.0.1:0', '--data', data])
    expect([code, err]).toEqual([1, expect.stringMatching(/^afk: .*afk\.db/)])
  })
})
