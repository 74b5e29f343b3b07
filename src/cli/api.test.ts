import { describe, expect, test } from 'vitest'

import { afk } from '../../test/afk.ts'
import { listen } from '../../test/listen.ts'
import { errorBody } from '../errors.ts'
import { tokenFor, tokenHint } from './api.ts'

const kept = (content: string) => (path: string) =>
  path === '.afk/secrets/operator-token' ? content : undefined

describe('the token that goes along', () => {
  test.each([
    ['none, where nobody set or left one', {}, undefined, undefined],
    ['the one that was left below this folder', {}, 'left-here\n', 'left-here'],
    ['AFK_TOKEN, before the one that was left', { AFK_TOKEN: 'set' }, 'left-here\n', 'set'],
    ['the one that was left, where AFK_TOKEN is empty', { AFK_TOKEN: '' }, 'left', 'left'],
    ['none, where AFK_URL leads elsewhere', { AFK_URL: 'http://x.test' }, 'left-here', undefined],
    [
      'AFK_TOKEN, where AFK_URL leads elsewhere',
      { AFK_URL: 'http://x.test', AFK_TOKEN: 'set' },
      'left-here',
      'set',
    ],
    ['none, where what was left is no token', {}, 'two\nlines', undefined],
    ['none, where what was left is empty', {}, '\n', undefined],
  ])('is %s', (_, env, content, expected) => {
    const readFile = content === undefined ? () => undefined : kept(content)
    expect(tokenFor({ env, readFile })).toBe(expected)
  })

  test('never leaves for where AFK_URL says, unless it is AFK_TOKEN', async () => {
    const seen: unknown[] = []
    const AFK_URL = await listen((req, res) => {
      seen.push(req.headers.authorization)
      res.setHeader('content-type', 'application/json').end('{"rings":[]}')
    })
    const readFile = kept('left-here')
    await afk(['rings'], { env: { AFK_URL }, readFile })
    await afk(['rings'], { env: { AFK_URL, AFK_TOKEN: 'set' }, readFile })
    expect(seen).toEqual([undefined, 'Bearer set'])
  })
})

describe('a node that refuses for want of a token', () => {
  const refuses = () =>
    listen((_, res) => {
      res.writeHead(401).end(JSON.stringify(errorBody('unauthorized')))
    })

  test('is told with where afk init leaves one', async () => {
    const { code, err } = await afk(['status'], { env: { AFK_URL: await refuses() } })
    expect([code, err]).toEqual([
      1,
      'afk: send Authorization: Bearer with a configured token (AFK_TOKEN for the CLI) ' +
        '(unauthorized, docs/errors.md#unauthorized)\n' +
        '  none went along: set AFK_TOKEN; afk init leaves the operator’s in .afk/secrets/operator-token',
    ])
  })

  test('is told without more where AFK_TOKEN was set', async () => {
    const env = { AFK_URL: await refuses(), AFK_TOKEN: 'no-such-token' }
    expect((await afk(['status'], { env })).err).toMatch(/unauthorized\)$/)
  })

  test('is told with where the token came from that went along, and never with the token', () => {
    const hint = tokenHint({ env: {}, readFile: kept('left-here') })
    expect(hint).toMatch(/the one in \.afk\/secrets\/operator-token went along/)
    expect(hint).not.toContain('left-here')
  })
})
