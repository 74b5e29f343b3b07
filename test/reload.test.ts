/** A node that reads its configuration again while it runs. */
import { renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

import type { Accepted } from '../src/server/schemas.ts'
import { listen } from './listen.ts'
import { startNodeProcess, type NodeProcess } from './node-process.ts'
import { ntfyStandIn } from './ntfy-stand-in.ts'
import { receiver } from './node.ts'
import { temporaryFolder } from './temporary.ts'
import { until } from './until.ts'
import type { z } from 'zod'

const ring = { kind: 'frozen', issue: { repo: 'infra', number: 42 }, detail: 'CI red' }

async function started(config: object, folder = temporaryFolder()) {
  const node = await startNodeProcess(folder, config)
  onTestFinished(() => node.kill())
  return node
}

const told = (node: NodeProcess, event: string, times = 1) =>
  until(`${event}, ${times} times`, () => {
    return node.log.filter((each) => each.event === event).length === times
  })

const post = async (node: NodeProcess, detail = 'CI red') =>
  (await node.post<z.infer<typeof Accepted>>('/v1/rings', { ...ring, detail })).body

test('SIGHUP takes up channels, routes and links, and keeps address and store', async () => {
  const [old, fresh] = [await receiver(), await receiver()]
  const node = await started({ channels: { hook: old.channel } })
  const { id } = await post(node)
  await until('the old one has it', () => old.received.length === 1)
  const links = { baseUrl: 'https://t3.test' }
  node.configure({ channels: { other: fresh.channel }, links })
  node.signal('SIGHUP')
  await told(node, 'node-reloaded')
  await node.post('/v1/rings', { ...ring, threadId: 't-1' })
  await until('the new one has the next', () => fresh.received.length === 1)
  expect(fresh.received[0]?.notification.link).toBe('https://t3.test/?thread=t-1')
  expect(old.received).toHaveLength(1)
  expect((await node.show(id)).deliveries).toMatchObject([{ channel: 'hook', state: 'accepted' }])
})

test('a broken file changes nothing, and says what is wrong with it in one line', async () => {
  const hook = await receiver()
  const node = await started({ channels: { hook: hook.channel } })
  node.configure({ channels: { hook: hook.channel }, chanels: {} })
  node.signal('SIGHUP')
  await told(node, 'reload-refused')
  expect(node.log.at(-1)).toMatchObject({
    event: 'reload-refused',
    detail: expect.stringMatching(/chanels is not a key; did you mean channels\?$/) as string,
  })
  await post(node)
  await until('it still rings', () => hook.received.length === 1)
  node.configure({ channels: { hook: hook.channel } })
  node.signal('SIGHUP')
  await told(node, 'node-reloaded')
})

test('a token that is rotated in its file opens the channel, and what waited goes out', async () => {
  const server = await ntfyStandIn({ auth: 'deny-all' })
  onTestFinished(() => server.close())
  const folder = temporaryFolder()
  const secret = join(folder, 'token')
  writeFileSync(join(folder, 'wrong'), 'tk_wrong00000000000000000000000\n')
  symlinkSync(join(folder, 'wrong'), secret)
  const phone = {
    type: 'ntfy',
    server: server.url,
    topic: 'protected-x',
    token: `\${file:${secret}}`,
  }
  const node = await started({ channels: { phone } }, folder)
  const { id } = await post(node)
  await told(node, 'channel-closed')
  // As Kubernetes does it: another file behind the same name.
  writeFileSync(join(folder, 'right'), `${server.tokens?.readWrite}\n`)
  symlinkSync(join(folder, 'right'), `${secret}.new`)
  renameSync(`${secret}.new`, secret)
  await told(node, 'node-reloaded')
  await until('it is accepted', async () => {
    return (await node.show(id)).deliveries[0]?.state === 'accepted'
  })
})

test('a secret that was missing is taken up once it is there, without another signal', async () => {
  const hook = await receiver()
  const folder = temporaryFolder()
  const node = await started({ channels: { hook: hook.channel } }, folder)
  const secret = join(folder, 'secret')
  const channel = { ...hook.channel, secret: `\${file:${secret}}` }
  node.configure({ channels: { hook: channel } })
  node.signal('SIGHUP')
  await told(node, 'reload-refused')
  // At once and whole: half a secret would be one more that cannot be used.
  writeFileSync(`${secret}.new`, hook.channel.secret)
  renameSync(`${secret}.new`, secret)
  await told(node, 'node-reloaded')
  await told(node, 'reload-refused', 1)
})

test('a heartbeat that hangs holds up neither a reload nor the stop', async () => {
  const hook = await receiver()
  const url = await listen(() => {})
  const config = (dedupeFor: string) => ({
    channels: { hook: hook.channel },
    heartbeat: { url, every: '20s' },
    dedupeFor,
  })
  const node = await started(config('1h'))
  await post(node)
  node.configure(config('2h'))
  node.signal('SIGHUP')
  await told(node, 'node-reloaded')
  let code: number | null = null
  void node.stop().then((ended) => (code = ended))
  // Each ping's own limit is ten seconds.
  await until('it has stopped', () => code === 0, 8_000)
})

test('what counts only from the next start is named', async () => {
  const hook = await receiver()
  const node = await started({ channels: { hook: hook.channel } })
  node.configure({ channels: { hook: hook.channel }, listen: '127.0.0.1:1', log: 'text' })
  node.signal('SIGHUP')
  await told(node, 'node-reloaded')
  expect(node.log.at(-1)).toEqual(expect.objectContaining({ restart: ['listen', 'log'] }))
  await post(node)
})

test('rings that come while it reloads are accepted, and each arrives once', async () => {
  const hook = await receiver()
  const slow = await listen((_req, res) => setTimeout(() => res.end(), 300))
  const other = { ...hook.channel, url: slow }
  const node = await started({ channels: { hook: hook.channel, other } })
  const answers: Array<Promise<{ status: number }>> = []
  for (let count = 0; count < 60; count += 1) {
    answers.push(node.post('/v1/rings', { ...ring, detail: `number ${count}` }))
    if (count % 20 === 10) {
      node.configure({ channels: { hook: hook.channel, other }, dedupeFor: `${count}h` })
      node.signal('SIGHUP')
    }
    await answers.at(-1)
  }
  expect((await Promise.all(answers)).every(({ status }) => status === 202)).toBe(true)
  await until('all arrived', () => hook.received.length >= 60)
  const details = hook.received.map(({ notification }) => notification.body.split('\n')[0])
  expect(new Set(details).size).toBe(60)
  expect(details).toHaveLength(60)
}, 60_000)
