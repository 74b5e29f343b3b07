/**
 * A node that is not armed does nothing beyond its store: it opens no socket, starts no process and reads no
 * tracker, however often a tick of the loop would have come. Node.js itself tells what it does (witness.mjs),
 * from the first line of the bundle to the end; armed, the same node is seen doing all of it.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

import { DoctorView, StatusView } from '../src/server/schemas.ts'
import { shell } from './child.ts'
import { listen } from './listen.ts'
import { repository } from './repository.ts'
import { temporaryFolder } from './temporary.ts'
import { until } from './until.ts'

const [bundle, witness] = ['../dist/afk.cjs', './witness.mjs'].map((path) =>
  fileURLToPath(new URL(path, import.meta.url)),
) as [string, string]

const token = 'operator-token-0123456789'
const headers = { authorization: `Bearer ${token}` }

/** Three looks of the loop, and thirty polls. */
const observedForMs = 3_000

/** All that arms a loop, an issue that may start, and what the channel was sent. */
async function everything() {
  const sent: string[] = []
  const url = await listen((_, res, body) => {
    sent.push(body)
    res.end()
  })
  const { path: clone } = await (await repository()).clone()
  const issues = join(temporaryFolder(), 'issues')
  mkdirSync(issues)
  writeFileSync(join(issues, '0001-x.md'), '---\nlabels: [ready-for-agent]\n---\n# Do it\n')
  const defaults = {
    tracker: { type: 'files', path: issues },
    executor: { type: 'command', argv: [process.execPath, '--eval', '0'] },
    ci: { type: 'none' },
    landing: 'push',
  }
  const repos = { web: { path: clone } }
  const loop = { killSwitch: false, pollEvery: '100ms', defaults, repos }
  const secret = `whsec_${Buffer.alloc(32).toString('base64')}`
  const channels = { phone: { type: 'webhook', url, secret } }
  return { sent, clone, issues, config: { tokens: { operator: token }, channels, loop } }
}

/** In a folder of its own; `null`: with no configuration at all. */
async function witnessed(config: object | null) {
  const cwd = temporaryFolder()
  if (config !== null) writeFileSync(join(cwd, 'afk.yaml'), JSON.stringify(config))
  const node = shell(
    `exec '${process.execPath}' --permission-audit '--allow-fs-read=${dirname(bundle)}/*' \
      --import '${witness}' '${bundle}' up --listen 127.0.0.1:0 --log json`,
    { cwd },
  )
  const url = await node.saying(/"event":"node-started","at":"([^"]+)"/)
  return {
    /** Words of the witness. */
    told: () => Array.from(node.said.err.matchAll(/^witness: (.*)$/gm), ([, what = '']) => what),
    status: async () =>
      StatusView.parse(await (await fetch(`${url}/v1/status`, { headers })).json()),
    start: async () => {
      const body = JSON.stringify({ repo: 'web', number: 1 })
      const type = { 'content-type': 'application/json' }
      return fetch(`${url}/v1/start`, { method: 'POST', headers: { ...headers, ...type }, body })
    },
    /** What a doctor found bad. */
    async ill() {
      const answer = await fetch(`${url}/v1/doctor`, { method: 'POST', headers })
      const { findings } = DoctorView.parse(await answer.json())
      return findings.filter(({ type }) => type === 'bad')
    },
    async stop() {
      node.stop()
      expect(await node.ended()).toBe(0)
    },
  }
}

/** Its configuration, and its store: the file, its folder, the spool beside it. */
const itsOwn = /^(?:read|write) (?:afk\.yaml|\.afk|\.afk\/afk\.db|\.afk\/spool)$/

const killSwitch = 'the kill switch is on (loop.killSwitch)'
const noToken = 'the API has no token (tokens.operator)'
const noChannel = 'no channel reaches you when you are away (channels)'
const noRepo = 'no repository is enrolled (loop.repos)'

test('whatever it lacks, a node that is not armed keeps to its store', async () => {
  const { sent, config } = await everything()
  const { loop, tokens, channels } = config
  const { landing: _, ...unlanded } = loop.defaults
  const lacking: Readonly<Record<string, readonly [object | null, readonly string[]]>> = {
    everything: [null, [killSwitch, noRepo, noChannel, noToken]],
    'a cleared kill switch': [{ ...config, loop: { ...loop, killSwitch: true } }, [killSwitch]],
    // Without a token the switch cannot be cleared: such a configuration is refused.
    'a token': [{ channels, loop: { ...loop, killSwitch: true } }, [killSwitch, noToken]],
    'a channel': [{ tokens, loop }, [noChannel]],
    'a repository': [{ ...config, loop: { ...loop, repos: {} } }, [noRepo]],
    'a landing': [
      { ...config, loop: { ...loop, defaults: unlanded } },
      ['web has no landing (loop.repos, loop.defaults)'],
    ],
  }
  const seen = Object.entries(lacking).map(async ([name, [wish]]) => [name, await observed(wish)])
  const inert = Object.entries(lacking).map(([name, [, missing]]) => {
    return [name, { armed: false, missing, start: 409, beyond: [] }]
  })
  expect(Object.fromEntries(await Promise.all(seen))).toEqual(Object.fromEntries(inert))
  expect(sent).toEqual([])
})

/** For as long as several ticks would take, and to its end. */
async function observed(config: object | null) {
  const node = await witnessed(config)
  const { status: start } = await node.start()
  const last = await upFor(observedForMs, node)
  await node.stop()
  const { armed, missing } = last.loop
  return { armed, missing, start, beyond: node.told().filter((what) => !itsOwn.test(what)) }
}

async function upFor(ms: number, { status }: Awaited<ReturnType<typeof witnessed>>) {
  let last = await status()
  await until(`it is up for ${ms} ms`, async () => {
    last = await status()
    return Date.now() - Date.parse(last.startedAt) >= ms
  })
  return last
}

test('asked for a doctor, one that is not armed tries its repositories, and leaves them again', async () => {
  const { sent, clone, issues, config } = await everything()
  const node = await witnessed({ ...config, loop: { ...config.loop, killSwitch: true } })
  const beyond = () => node.told().filter((what) => !itsOwn.test(what))
  expect(beyond()).toEqual([])
  expect(await node.ill()).toEqual([])
  expect(beyond()).toEqual(
    expect.arrayContaining([`read ${issues}`, `read ${clone}`, 'process git', 'socket']),
  )
  writeFileSync(join(issues, '0002-y.md'), '---\nlabels: [ready-for-agent]\n---\n# And this\n')
  const seen = beyond()
  await upFor(observedForMs, node)
  await node.stop()
  expect(beyond()).toEqual(seen)
  expect(seen.filter((what) => what.startsWith('write'))).toEqual([])
  expect(sent.join()).toBe('')
})

test('armed, it is seen to read the tracker, start processes and open sockets', async () => {
  const { sent, clone, issues, config } = await everything()
  const node = await witnessed(config)
  await until('its run has ended and rung', () => sent.length > 0)
  expect((await node.status()).loop).toMatchObject({ armed: true, missing: [] })
  await node.stop()
  expect(node.told()).toEqual(
    expect.arrayContaining([
      `read ${issues}`,
      `read ${join(issues, '0001-x.md')}`,
      `read ${clone}`,
      'process git',
      'socket',
    ]),
  )
})
