import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'

import { bell } from '../../test/bell.ts'
import { temporaryFolder } from '../../test/temporary.ts'
import { page } from './page.ts'

const script = `console.log(${'1 + '.repeat(200)}1)`
const tokens = { operator: 'operator-token-0123456789' }

/** What a build leaves, and something that lies beside it. */
function built(): string {
  const folder = temporaryFolder()
  const web = join(folder, 'web')
  mkdirSync(join(web, 'assets'), { recursive: true })
  writeFileSync(join(folder, 'secret.js'), 'secret')
  writeFileSync(join(web, 'index.html'), '<!doctype html><title>AFK</title>')
  writeFileSync(join(web, 'sw.js'), 'self')
  writeFileSync(join(web, 'notes.md'), 'notes')
  writeFileSync(join(web, 'assets/index-abc.js'), script)
  return web
}

describe('the page', () => {
  test('is answered to anybody, with a policy that lets in nothing foreign', async () => {
    const node = await bell({ tokens, web: built() })
    const answer = await node.get('/')
    expect([answer.status, await answer.text()]).toEqual([200, '<!doctype html><title>AFK</title>'])
    const headers = Object.fromEntries(answer.headers)
    expect(headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy':
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
        "connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; " +
        "form-action 'self'; frame-ancestors 'none'",
    })
  })

  test('has files that never change, and is packed where that is taken', async () => {
    const node = await bell({ tokens, web: built() })
    const plain = await node.get('/assets/index-abc.js')
    expect([await plain.text(), plain.headers.get('content-encoding')]).toEqual([script, null])
    expect(plain.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    const packed = await node.get('/assets/index-abc.js', { 'accept-encoding': 'gzip, br' })
    const bytes = Buffer.from(await packed.arrayBuffer())
    expect(packed.headers.get('content-encoding')).toBe('gzip')
    expect([gunzipSync(bytes).toString(), bytes.length < script.length]).toEqual([script, true])
  })

  test('is not sent again to who has it', async () => {
    const node = await bell({ web: built() })
    const etag = (await node.get('/')).headers.get('etag') ?? ''
    const again = await node.get('/', { 'if-none-match': etag })
    expect([again.status, await again.text(), etag]).toEqual([304, '', expect.stringMatching(/"/)])
    expect((await node.get('/', { 'if-none-match': '"other"' })).status).toBe(200)
  })

  test.each([
    '/index.html',
    '/notes.md',
    '/secret.js',
    '/../secret.js',
    '/assets/../../secret.js',
    '/assets/..%2f..%2fsecret.js',
    '/assets',
    '/assets/',
    '/linked/secret.js',
    '/linked.js',
  ])('has no %s', async (path) => {
    const web = built()
    symlinkSync(join(web, '..'), join(web, 'linked'))
    symlinkSync(join(web, '../secret.js'), join(web, 'linked.js'))
    const node = await bell({ web })
    expect((await node.get(path)).status).toBe(404)
    const guarded = await bell({ tokens, web })
    expect((await guarded.get(path)).status).toBe(401)
  })

  test('is read once', () => {
    const web = built()
    const { file } = page([web])
    file('/')
    writeFileSync(join(web, 'index.html'), 'another')
    expect(Buffer.from(file('/')?.body ?? []).toString()).toContain('<title>AFK</title>')
  })

  test('is that of the first folder that is there', () => {
    const { has } = page([join(built(), 'nowhere'), built()])
    expect([has('/sw.js'), has('/notes.md')]).toEqual([true, false])
  })

  test('says how to build it where nobody has', async () => {
    const answer = await (await bell({ tokens })).get('/')
    expect([answer.status, await answer.text()]).toEqual([
      503,
      'The page is not built. Build it with: npm run build\n',
    ])
  })

  test('answers this machine alone where there are no tokens', async () => {
    const node = await bell({ web: built() })
    expect((await node.get('/', { host: 'evil.test' })).status).toBe(403)
  })
})
