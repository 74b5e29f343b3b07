import { describe, expect, test } from 'vitest'

import { t3Bench } from '../../../test/t3-bench.ts'
import type { Finding } from '../../doorbell/finding.ts'

const says = (part: string) => expect.stringContaining(part) as string
const words = (findings: readonly Finding[]) => findings.map(({ type, what }) => `${type}: ${what}`)

const needed = ['orchestration:read', 'orchestration:operate'] as const
const day = 86_400_000

type Wish = Parameters<typeof t3Bench>[0]
type Right = (typeof needed)[number] | 'terminal:operate'

/** With a token of these rights. */
async function checked(scopes: readonly Right[], ttlMs: number, wish: Wish = {}) {
  let token = 'nobody’s'
  const bench = await t3Bench({ ...wish, client: { token: () => token, ...wish?.client } })
  token = bench.t3.tokens.issue({ scopes, ttlMs })
  return { bench, findings: await bench.executor.check() }
}

test('all is well where the token may what is needed, and nothing is dispatched', async () => {
  const { bench, findings } = await checked(needed, 30 * day)
  expect(words(findings)).toEqual([
    says('good: T3 Code answers'),
    'good: T3 Code 0.0.33 is known',
    'good: the T3 Code token may what it needs, and nothing more',
    says('good: the T3 Code token holds for'),
    `good: ${bench.repo} is a clone with a remote origin`,
    `unproven: whether T3 Code sees ${bench.repo}`,
  ])
  expect(bench.t3.commands()).toEqual([])
  await bench.executor.ask(bench.order())
  expect(words(await bench.executor.check())).toContain(
    `good: T3 Code has a project of ${bench.repo}`,
  )
})

describe('the token', () => {
  test.each<[string, readonly Right[], number, string]>([
    [
      'that may not send',
      ['orchestration:read'],
      day * 30,
      'bad: the T3 Code token lacks orchestration:operate',
    ],
    [
      'that may more',
      [...needed, 'terminal:operate'],
      day * 30,
      'unproven: the T3 Code token may more than it needs: terminal:operate',
    ],
    ['that expires today', needed, day / 2, 'unproven: the T3 Code token expires within 12 h'],
    ['that is about to expire', needed, 60_000, 'bad: the T3 Code token expires within an hour'],
  ])('%s is told', async (_, scopes, ttlMs, what) => {
    const { findings } = await checked(scopes, ttlMs)
    expect(words(findings)).toContainEqual(says(what))
  })

  test('that nobody knows is told once, with how to mint one, and without itself', async () => {
    const secret = 'very-secret'
    const bench = await t3Bench({ client: { token: () => secret } })
    const findings = await bench.executor.check()
    const mend = says('t3 auth pairing create')
    expect(findings).toContainEqual({ type: 'bad', what: 'T3 Code does not know the token', mend })
    expect(JSON.stringify(findings)).not.toContain(secret)
    expect(findings.filter(({ type }) => type === 'bad')).toHaveLength(1)
  })
})

describe('the version', () => {
  test.each([
    ['0.0.27', 'good: T3 Code 0.0.27 is known'],
    ['0.0.42', 'good: T3 Code 0.0.42 is known'],
    ['0.0.43', 'unproven: T3 Code 0.0.43 is newer than what is known, 0.0.27 to 0.0.42'],
    ['0.0.26', 'unproven: T3 Code 0.0.26 is not among the known ones, 0.0.27 to 0.0.42'],
    ['\u001b[31m', 'unproven: T3 Code of no known version is not among the known ones'],
  ])('%j is told', async (serverVersion, what) => {
    const { findings } = await checked(needed, 30 * day, { serverVersion })
    expect(words(findings)).toContainEqual(says(what))
  })

  test('that has no such mode is told', async () => {
    const wish: Wish = { version: '27', executor: { runtimeMode: 'auto' } }
    const { findings } = await checked(needed, 30 * day, wish)
    expect(words(findings)).toContainEqual(says('bad: T3 Code 0.0.27 has no mode auto'))
  })

  test('of another generation is told in one sentence', async () => {
    const { findings } = await checked(needed, 30 * day, { version: 'v2' })
    const bad = findings.filter(({ type }) => type === 'bad')
    expect(bad).toHaveLength(1)
    expect(bad[0]?.what).toContain('another API generation')
  })
})

test('a server that hangs, and one that is somebody else’s, is told, and the clone is looked at all the same', async () => {
  const bench = await t3Bench({ client: { timeoutMs: 200 } })
  bench.t3.hang()
  const clone = `good: ${bench.repo} is a clone with a remote origin`
  expect(words(await bench.executor.check())).toEqual([says('bad: T3 Code did not answer'), clone])
  bench.t3.answer()
  bench.t3.fail('page', { times: 9 })
  const elsewhere = says('bad: no T3 Code server answered')
  expect(words(await bench.executor.check())).toEqual([elsewhere, clone])
})

test('a clone that is not seen here is told, with what both have to see', async () => {
  const { findings } = await checked(needed, 30 * day, { executor: { repo: '/no/where' } })
  const mend = says('T3 Code and AFK must see it under the same path')
  expect(findings).toContainEqual({ type: 'bad', what: '/no/where is not there', mend })
})
