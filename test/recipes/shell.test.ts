/** The trap of the recipes, at the top of scripts that fail, succeed, and find the node down. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

import { closedPort, listen } from '../listen.ts'
import { receiver, startedNode } from '../node.ts'
import { temporaryFolder } from '../temporary.ts'
import { until } from '../until.ts'
import { afkFolder, type Environment, pathBefore, ran, recipe, ringable } from './recipe.ts'

const top = recipe('A shell script', 'bash')
/** The line of the script's own first command. */
const line = top.split('\n').length

async function script(body: string, env: Environment) {
  const file = join(temporaryFolder(), 'nightly.sh')
  writeFileSync(file, `${top}${body}\n`)
  const around = { PATH: pathBefore(afkFolder()), AFK_ISSUE: 'infra#42', AFK_DATA: '/absent' }
  return ran('bash', [file], { env: { ...around, ...env } })
}

describe('the trap of a shell script', () => {
  test.each([
    ['a command', 'grep -q "$HOME" /dev/null', 1, `line ${line}: grep -q "$HOME" /dev/null`],
    ['a pipe', 'sh -c "exit 7" | cat', 7, `line ${line}: cat`],
    ['a function', 'f() { test 1 = 2; }; f', 1, `line ${line}: test 1 = 2`],
    ['a substitution', 'x=$(sh -c "exit 4")', 4, `line ${line}: x=$(sh -c "exit 4")`],
    ['an unset variable', 'echo "$absent"', 1, 'echo "$absent"'],
    ['its own exit', 'exit 3', 3, 'exit 3'],
    ['a command that is not there', 'no-such-command', 127, `line ${line}: no-such-command`],
  ])('rings once for %s, and keeps the exit code', async (_, body, code, where) => {
    const { env, rings } = await ringable()
    const { code: exit, out } = await script(`${body}\necho not reached`, env)
    expect([exit, out]).toEqual([code, expect.stringMatching(/^rung: \S+, to phone\n$/)])
    expect(await rings()).toMatchObject([
      { kind: 'needs-human', issueRef: 'infra#42', body: `exit ${code}, ${where}` },
    ])
  })

  test('rings nobody for a success, nor for what the script tolerates', async () => {
    const { env, rings } = await ringable()
    const body = 'false || true\nif false; then exit 1; fi\necho "all well"'
    expect(await script(body, env)).toEqual({ code: 0, out: 'all well\n', err: '' })
    expect(await rings()).toEqual([])
  })

  test('leaves the ring for the next start where the node is down, under the key that it tried', async () => {
    const folder = temporaryFolder()
    const keys = new Set<string>()
    // It dies while it is asked: whether it took the ring is not known.
    const dying = await listen((req, _res, body) => {
      keys.add((JSON.parse(body) as { key: string }).key)
      req.socket.destroy()
    })
    const down = { AFK_URL: dying, AFK_DATA: join(folder, '.afk') }
    const { code, out, err } = await script('false', down)
    expect([code, out]).toEqual([1, expect.stringMatching(/^left for the next start: \S+\n$/)])
    expect(err).toMatch(/^afk: no node answers at \S+ [^\n]+\n$/)
    const [file = '', ...more] = readdirSync(join(folder, '.afk/spool'))
    expect(more).toEqual([])
    const left = readFileSync(join(folder, '.afk/spool', file), 'utf8')
    expect([...keys]).toEqual([(JSON.parse(left) as { key: string }).key])

    const { channel, received } = await receiver()
    await startedNode({ folder, channels: { phone: channel } })
    await until('the ring that was left arrives', () => received.length > 0)
    expect(received).toMatchObject([
      { ring: { source: 'spool', issue: { repo: 'infra', number: 42 } } },
    ])
    expect(received[0]?.notification.body).toMatch(/^exit 1, line \d+: false\n/)
  })

  test('says that nobody was rung where neither way works, and keeps the exit code', async () => {
    const nowhere = { AFK_URL: await closedPort(), AFK_DATA: '/dev/null/afk' }
    const { code, err } = await script('exit 9', nowhere)
    expect([code, err]).toEqual([9, expect.stringMatching(/\nnobody was rung\n$/)])
  })

  test('does not start a script that cannot say for which issue', async () => {
    const { code, out, err } = await script('echo reached', { AFK_ISSUE: '' })
    expect([code, out, err]).toEqual([1, '', expect.stringMatching(/AFK_ISSUE: such as infra#42/)])
  })
})
