/** What the page of T3 Code tells a reader to do gives what it says, and its tests are there. */
import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, onTestFinished, test } from 'vitest'

import { blocksOf, read } from './markdown.ts'
import { t3StandIn } from './t3/stand-in.ts'

const page = read('docs/t3.md')
const hasCurl = spawnSync('curl', ['--version']).status === 0

test.skipIf(!hasCurl)(
  'a pairing code is exchanged for a token of two scopes, which holds for 30 days',
  async () => {
    const t3 = await t3StandIn()
    onTestFinished(() => t3.close())
    const [, line] = blocksOf(page).filter(({ language }) => language === 'sh')
    const { credential } = t3.tokens.pair()
    const ours = line!.code
      .replace('http://127.0.0.1:3773', t3.url)
      .replace('CREDENTIAL', credential)
    const { stdout } = await promisify(execFile)('bash', ['-euc', ours])
    const { access_token: token } = JSON.parse(stdout) as { access_token: string }
    const claims = t3.tokens.claimsOf(token)!
    expect(claims.scopes).toEqual(['orchestration:read', 'orchestration:operate'])
    expect(claims.exp - claims.iat).toBe(30 * 86_400_000)
  },
)

test('each trouble that names a test has one of that name', () => {
  const [, troubles = ''] = page.split('\n## Troubles\n')
  const names = Array.from(troubles.matchAll(/^\|.*\| (`[^|]*`) +\|$/gm), ([, cell = '']) =>
    Array.from(cell.matchAll(/`([^`]+)`/g), ([, name = '']) => name),
  ).flat()
  const tests = read('test/t3-troubles.test.ts')
  expect(names.length).toBeGreaterThan(8)
  const titles = names.filter((name) => !name.startsWith('test/'))
  expect(titles.filter((name) => !tests.includes(name))).toEqual([])
})
