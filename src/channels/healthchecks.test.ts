import { describe, expect, onTestFinished, test } from 'vitest'

import { closedPort, listen } from '../../test/listen.ts'
import { healthchecks } from './healthchecks.ts'

type Seen = {
  readonly ask: string
  readonly body: string
  readonly authorization: string | undefined
}

async function switchAt(path: string, status = 200) {
  const seen: Seen[] = []
  const url = await listen((req, res, body) => {
    const { authorization } = req.headers
    seen.push({ ask: `${req.method} ${req.url}`, body, authorization })
    res.writeHead(status).end('OK')
  })
  return { seen, far: open(`${url}${path}`) }
}

function open(url: string, timeoutMs = 5_000) {
  const far = healthchecks(url, { timeoutMs })
  onTestFinished(far.close)
  return far
}

describe('a dead-man’s switch', () => {
  test.each([
    ['/ping/abc', ['/ping/abc/start', '/ping/abc', '/ping/abc/log']],
    ['/ping/abc/', ['/ping/abc/start', '/ping/abc/', '/ping/abc/log']],
    ['/push/abc?status=up&x=1', ['/push/abc/start', '/push/abc', '/push/abc/log']],
  ])('at %s hears of a start, of life and of a stop', async (path, paths) => {
    const { seen, far } = await switchAt(path)
    const query = path.includes('?') ? '?status=up&x=1' : ''
    for (const signal of ['start', 'alive', 'stop'] as const)
      expect(await far.ping(signal, `said ${signal}`)).toBeNull()
    expect(seen.map(({ ask }) => ask)).toEqual(paths.map((each) => `POST ${each}${query}`))
    expect(seen.map(({ body }) => body)).toEqual(['said start', 'said alive', 'said stop'])
  })

  test.each([404, 301, 500])('that answers %i has not taken it', async (status) => {
    const { far } = await switchAt('/ping/abc', status)
    expect(await far.ping('alive', '')).toBe(`the heartbeat’s URL answered ${status}`)
  })

  test('that hangs, or is not there, is told without its URL', async () => {
    const hanging = await listen(() => {})
    expect(await open(`${hanging}/secret`, 100).ping('alive', '')).toBe(
      'the heartbeat’s URL: no answer in time',
    )
    const said = await open(`${await closedPort()}/secret`).ping('alive', '')
    expect(said).toMatch(/could not connect/)
    expect(said).not.toMatch(/secret|127\.0\.0\.1/)
  })

  test('takes its login as a credential', async () => {
    const seen: Array<string | undefined> = []
    const url = await listen((req, res) => {
      seen.push(req.headers.authorization)
      res.end()
    })
    await open(url.replace('//', '//user:pass@')).ping('alive', '')
    expect(seen).toEqual([`Basic ${btoa('user:pass')}`])
  })

  test('is an http(s) URL', () => {
    expect(() => healthchecks('ftp://h.test', { timeoutMs: 1 })).toThrow(/http\(s\) URL/)
  })
})
