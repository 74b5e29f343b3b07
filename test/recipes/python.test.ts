/** The lines of Python of the recipes ring a node with tokens, and raise where nobody was rung. */
import { describe, expect, test } from 'vitest'

import { closedPort, listen } from '../listen.ts'
import { type Environment, isThere, ran, recipe, ringable } from './recipe.ts'

const isReady = await isThere('python3')
const why = isReady ? '' : ' (skipped: no python3)'
const code = recipe('Python', 'python')

const python = (env: Environment) => ran('python3', ['-c', code], { env })

describe.skipIf(!isReady)(`the lines of Python${why}`, () => {
  test('ring, and the same key again is the same ring', async () => {
    const { env, rings } = await ringable()
    const [first, second] = [await python(env), await python(env)]
    const [ring, ...more] = await rings()
    expect(more).toEqual([])
    expect(ring).toMatchObject({
      kind: 'done',
      issueRef: 'infra#42',
      body: 'imported',
      key: 'import-2026-11-23',
    })
    expect([first, second]).toEqual([0, 0].map(() => ({ code: 0, out: `${ring!.id}\n`, err: '' })))
  })

  test('ring a node without tokens', async () => {
    const { AFK_URL } = (await ringable({})).env
    expect(await python({ AFK_URL })).toMatchObject({ code: 0, err: '' })
  })

  test('raise where the token is wrong, and where no node answers', async () => {
    const { env, rings } = await ringable()
    const wrong = await python({ ...env, AFK_TOKEN: 'not-the-token-0123' })
    expect([wrong.code, wrong.err]).toEqual([1, expect.stringMatching(/HTTP Error 401/)])
    const absent = await python({ AFK_URL: await closedPort() })
    expect([absent.code, absent.err]).toEqual([1, expect.stringMatching(/URLError/)])
    expect(await rings()).toEqual([])
  })

  test('raise where a redirect turned the post into a read', async () => {
    const url = await listen((req, res) => {
      if (req.method === 'POST') res.writeHead(302, { location: '/v1/rings' }).end()
      else res.end(JSON.stringify({ rings: [], next: null }))
    })
    const { code: exit, err } = await python({ AFK_URL: url })
    expect([exit, err]).toEqual([1, expect.stringMatching(/KeyError: 'id'/)])
  })
})
