import { describe, expect, test } from 'vitest'

import { afk } from '../../test/afk.ts'
import { listen } from '../../test/listen.ts'
import { tokenFor } from './api.ts'

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
