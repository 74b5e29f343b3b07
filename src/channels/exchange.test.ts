import { describe, expect, onTestFinished, test } from 'vitest'

import { listen } from '../../test/listen.ts'
import { until } from '../../test/until.ts'
import { exchange } from './exchange.ts'

const ask = { method: 'GET', path: '/', headers: {} } as const
const to = (url: string) => {
  const far = exchange(url)
  onTestFinished(() => far.close())
  return far
}

describe('an exchange', () => {
  test('brings the status, the wish to wait and the text', async () => {
    const url = await listen((_req, res) => res.writeHead(503, { 'retry-after': '7' }).end('héé'))
    const answer = await to(url).request({ ...ask, signal: AbortSignal.timeout(10_000) })
    expect(answer).toMatchObject({ status: 503, retryAfter: '7', text: 'héé' })
    expect([answer.header('retry-after'), answer.header('x-none')]).toEqual(['7', null])
  })

  test('does not wait for the end of an answer without end, and hangs up', async () => {
    let hasHungUp = false
    const url = await listen((_req, res) => {
      const pour = () => {
        while (!res.destroyed && res.write('x'.repeat(16_384)));
      }
      res.on('drain', pour).on('close', () => (hasHungUp = true))
      pour()
    })
    const answer = await to(url).request({ ...ask, signal: AbortSignal.timeout(10_000) })
    expect(answer.text.length).toBeGreaterThanOrEqual(64 * 1024)
    expect(answer.text.length).toBeLessThan(1024 * 1024)
    await until('the connection is closed', () => hasHungUp)
  })

  test('goes on after an answer that was not read to its end', async () => {
    const url = await listen((_req, res) => res.end('x'.repeat(1024 * 1024)))
    const far = to(url)
    for (let time = 0; time < 3; time++) {
      const { status } = await far.request({ ...ask, signal: AbortSignal.timeout(10_000) })
      expect(status).toBe(200)
    }
  })
})
