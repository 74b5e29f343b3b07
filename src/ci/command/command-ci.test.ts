import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'

import { ciContract } from '../../../test/ci.contract.ts'
import { fast, isRunning, openCi as opened, sh, verdictOf } from '../../../test/command-ci.ts'
import { manualClock } from '../../../test/manual-clock.ts'
import type { Clone } from '../../../test/repository.ts'
import { temporaryFolder } from '../../../test/temporary.ts'
import { until } from '../../../test/until.ts'
import { systemClock } from '../../clock.ts'
import { commandCi } from './command-ci.ts'

const commitsIn = (work: Clone) => ({
  commitThat: (end: 'passes' | 'fails', text = '') =>
    work.commit(end, { 'check.sh': `cat text\n[ ${end} = passes ]\n`, text }),
  commitThatWaits: async () => {
    const gate = join(temporaryFolder(), 'gate')
    const script = `until [ -e '${gate}' ]; do sleep 0.02; done\n`
    const commit = await work.commit('waits', { 'check.sh': script })
    return { commit, finish: async () => writeFileSync(gate, '') }
  },
})

ciContract(async () => {
  const { ci, work } = await opened(['sh', 'check.sh'])
  return { ci, ...commitsIn(work), now: fast.now, commitWithoutChecks: null }
})

describe('where the command runs', () => {
  test('it has the configured environment and nothing else of this process', async () => {
    const print = 'console.log(JSON.stringify(process.env))'
    const argv = [process.execPath, '-e', print]
    const { ci, head, judged } = await opened(argv, { env: { SECRET: 's' } })
    await judged()
    const { PATH, HOME, LANG } = process.env
    expect(JSON.parse(await ci.logs(head, []))).toEqual({
      ...{ PATH, HOME, ...(LANG && { LANG }) },
      ...{ SECRET: 's', CI: '1', AFK_COMMIT: head },
    })
  })

  test('no shell reads argv', async () => {
    const { ci, head, judged } = await opened(['printf', '%s', '$(id) `id` ; id > x'])
    expect(await judged()).toEqual({ verdict: 'green', passed: ['printf %s $(id) `id` ; id > x'] })
    expect(await ci.logs(head, [])).toBe('$(id) `id` ; id > x')
  })

  test('it is the commit and nothing but the commit, and goes away afterwards', async () => {
    const script =
      'git rev-parse HEAD; git status --porcelain; git remote; ls; git tag here; touch left'
    const { ci, work, folder, head, judged } = await opened(sh(script))
    await work.commit('later', { later: '' })
    writeFileSync(join(work.path, 'README.md'), 'dirty')
    await judged()
    expect(await ci.logs(head, [])).toBe(`${head}\nREADME.md`)
    expect(await work.git('tag')).toBe('')
    expect(await work.git('worktree', 'list', '--porcelain')).not.toContain(folder)
    await until('its checkout is gone', () => readdirSync(join(folder, 'checkouts')).length === 0)
    await until('its lock is gone', () => readdirSync(join(folder, 'locks')).length === 0)
  })

  test('submodules stay empty and large files stay pointers: nothing is fetched for them', async () => {
    const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'a'.repeat(64)}\nsize 9\n`
    const { work, judged, ci, head } = await opened(sh('cat big.bin; ls lib'))
    for (const setting of ['clean', 'smudge', 'process'])
      await work.git('config', `filter.lfs.${setting}`, 'false')
    await work.git('config', 'filter.lfs.required', 'true')
    await work.git('config', 'submodule.recurse', 'true')
    await work.git('update-index', '--add', '--cacheinfo', `160000,${head},lib`)
    const modules = '[submodule "lib"]\n\tpath = lib\n\turl = https://nowhere.invalid/lib.git\n'
    for (const [name, text] of [
      ['.gitmodules', modules],
      ['big.bin', pointer],
      ['.gitattributes', '*.bin filter=lfs\n'],
    ] as const) {
      writeFileSync(join(work.path, '.git/x'), text)
      const blob = await work.git('hash-object', '-w', '--no-filters', '.git/x')
      await work.git('update-index', '--add', '--cacheinfo', `100644,${blob},${name}`)
    }
    await work.git('commit', '--quiet', '--message=odd')
    const commit = await work.git('rev-parse', 'HEAD')
    expect((await judged(commit)).verdict).toBe('green')
    expect(await ci.logs(commit, [])).toBe(pointer.trim())
  })

  test('a shallow clone will do', async () => {
    const { work, folder, open } = await opened(sh('git log --oneline | wc -l'))
    await work.commit('second')
    await work.push('HEAD:main')
    const url = `file://${await work.git('remote', 'get-url', 'origin')}`
    const repo = join(folder, 'shallow')
    await work.git('clone', '--quiet', '--depth=1', url, repo)
    const ci = open({ repo })
    const commit = await work.git('rev-parse', 'HEAD')
    expect((await verdictOf(ci, commit)).verdict).toBe('green')
    expect(await ci.logs(commit, [])).toBe('1')
  })
})

describe('only the exit code 0 of the command itself is green', () => {
  test('any other exit code is red', async () => {
    const { judged, work } = await opened(sh('exit $(cat code)'))
    for (const code of [1, 2, 127, 143, 255]) {
      const commit = await work.commit('x', { code: `${code}` })
      const failing = [{ name: 'sh -c exit $(cat code)', url: expect.anything() }]
      expect(await judged(commit)).toEqual({ verdict: 'red', failing })
    }
  })

  test('an end by a signal is red', async () => {
    const { judged, work, ci } = await opened(sh('kill -$(cat signal) $$'))
    for (const signal of ['SEGV', 'KILL', 'TERM']) {
      const commit = await work.commit('x', { signal })
      const name = `sh -c kill -$(cat signal) $$ (ended by SIG${signal})`
      expect(await judged(commit)).toMatchObject({ verdict: 'red', failing: [{ name }] })
      expect(await ci.logs(commit, [])).toContain(`[afk: ${name}]`)
    }
  })

  test('a failure of what it left running, and words on stderr, are not its own', async () => {
    const { judged } = await opened(sh('(sleep 0.01; exit 1) & echo FAILED >&2; exit 0'))
    expect((await judged()).verdict).toBe('green')
  })

  test('a hang is red at its time limit, and all of it is killed', async () => {
    const clock = manualClock()
    const argv = sh('sleep 600 & echo $! >> "$NOTES"; echo working; wait')
    const { ci, head, noted } = await opened(argv, { clock, timeoutMs: 1_800_000 })
    await ci.look(head)
    await until('it runs', () => noted().length === 1)
    clock.advance(1_799_999)
    expect((await ci.look(head)).verdict).toBe('pending')
    expect(isRunning(Number(noted()[0]))).toBe(true)
    clock.advance(1)
    await until('its child is killed', () => !isRunning(Number(noted()[0])))
    await until('it is red', async () => {
      clock.advance(100)
      return (await ci.look(head)).verdict === 'red'
    })
    expect(await ci.look(head)).toMatchObject({ failing: [{ name: 'sh (no end after 30 min)' }] })
    expect(await ci.logs(head, [])).toBe('working\n\n[afk: sh (no end after 30 min)]')
  })

  test('a server that it left in its group is killed, and one that left the group not waited for', async () => {
    const both =
      'sleep 600 & echo $! >> "$NOTES"; setsid sleep 600 & echo $! >> "$NOTES"; sleep 0.1'
    const { judged, noted } = await opened(sh(both))
    expect((await judged()).verdict).toBe('green')
    const [inside, outside] = noted().map(Number)
    onTestFinished(() => void (isRunning(outside!) && process.kill(outside!, 'SIGKILL')))
    await until('the server is killed', () => !isRunning(inside!))
  })

  test('of a flood the beginning and the end are kept', async () => {
    const argv = sh('echo begin; head -c 68000000 /dev/zero | tr "\\0" x; echo; echo end; exit 1')
    const { judged, ci, head } = await opened(argv)
    const verdict = await judged()
    const [{ url } = { url: null }] = verdict.verdict === 'red' ? verdict.failing : []
    const log = readFileSync(fileURLToPath(url ?? ''), 'utf8')
    expect(log.length).toBeLessThan(1024 * 1024 + 100)
    expect(log).toMatch(/^begin\nx+\n\[afk: 66951\d+ bytes left out here\]\nx+\nend\n$/)
    expect(await ci.logs(head, [])).toMatch(/x\nend$/)
  })
})

describe('a command that cannot be started', () => {
  test.each(['/nowhere/ci', 'no-such-command-of-ours'])(
    'is misconfigured where no commit could start it: %s',
    async (program) => {
      const { ci, head } = await opened([program, 'test'], { clock: systemClock })
      expect((await ci.look(head)).verdict).toBe('pending')
      let said: unknown
      await until('it says so', () =>
        ci.look(head).then(
          () => false,
          (error: unknown) => {
            said = error
            return true
          },
        ),
      )
      expect(said).toMatchObject({ name: 'CiError', code: 'misconfigured' })
      for (let look = 0; look < 3; look += 1) await expect(ci.look(head)).rejects.toBe(said)
    },
  )

  test('is the commit’s own red where it is a path in the checkout', async () => {
    const { work, judged } = await opened(['./check', 'all'])
    const failing = (code: string) => [{ name: `./check (cannot be run: ${code})` }]
    expect(await judged()).toMatchObject({ verdict: 'red', failing: failing('ENOENT') })
    const commit = await work.commit('not executable', { check: '#!/bin/sh\n' })
    expect(await judged(commit)).toMatchObject({ verdict: 'red', failing: failing('EACCES') })
  })

  test('is nothing where argv is empty', () => {
    const options = { repo: '/', folder: '/nowhere', env: {}, timeoutMs: 1, clock: fast }
    expect(() => commandCi({ ...options, argv: [] })).toThrow('the CI command is empty')
  })

  test('and a clone or a folder that is broken says nothing of a commit', async () => {
    const { open, head, folder } = await opened(sh('exit 0'))
    const lost = open({ repo: join(folder, 'none') })
    await expect(lost.look(head)).rejects.toMatchObject({ code: 'unavailable' })
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const unwritable = open({ folder: file })
    await expect(unwritable.look(head)).rejects.toMatchObject({ code: 'unavailable' })
  })
})

describe('forgetting', () => {
  const namesIn = (folder: string) => readdirSync(join(folder, 'results')).toSorted()

  test('takes what a crash left, by when it was written', async () => {
    const { ci, folder } = await opened(sh('exit 0'))
    mkdirSync(join(folder, 'results'))
    for (const name of ['a.log', 'b.json.new', 'c.json'])
      writeFileSync(join(folder, 'results', name), '')
    await ci.forget(Date.now() - 60_000)
    expect(namesIn(folder)).toEqual(['a.log', 'b.json.new', 'c.json'])
    await ci.forget(Date.now() + 60_000)
    expect(namesIn(folder)).toEqual([])
  })

  test('says once, and at the end, what it could not remove', async () => {
    const { ci, folder, judged, head } = await opened(sh('exit 0'))
    await judged()
    for (const name of ['a.json', 'b.json'])
      mkdirSync(join(folder, 'results', name), { recursive: true })
    const said = { code: 'unavailable', message: expect.stringMatching(/^2 results .*EISDIR/) }
    await expect(ci.forget(Infinity)).rejects.toMatchObject(said)
    expect(namesIn(folder)).toEqual(['a.json', 'b.json'])
    expect(await ci.logs(head, [])).toBe('')
  })
})

describe('a commit that is dropped', () => {
  test('while it is judged has its command ended, leaves no verdict, and holds up no other', async () => {
    const { ci, work, judgedAt } = await openedAt()
    const { commitThat, commitThatWaits } = commitsIn(work)
    const { commit } = await commitThatWaits()
    const next = await commitThat('passes')
    await ci.look(commit)
    await ci.look(next)
    ci.drop(commit)
    expect(await judgedAt(next)).toMatchObject({ verdict: 'green' })
    expect(await ci.look(commit)).toMatchObject({ verdict: 'pending' })
  })

  test('while it waits is passed over, and judged where it is looked at again', async () => {
    const { ci, work, judgedAt } = await openedAt()
    const { commitThat, commitThatWaits } = commitsIn(work)
    const { commit, finish } = await commitThatWaits()
    const [next, last] = [await commitThat('passes'), await commitThat('passes', 'last')]
    const woken: string[] = []
    ci.watch((judged) => woken.push(judged))
    for (const each of [commit, next, last]) await ci.look(each)
    ci.drop(next)
    await finish()
    await until('the last is judged', () => woken.includes(last))
    expect(woken).toEqual([commit, last])
    expect(await judgedAt(next)).toMatchObject({ verdict: 'green' })
  })
})

async function openedAt() {
  const { ci, work } = await opened(['sh', 'check.sh'])
  return { ci, work, judgedAt: (commit: string) => verdictOf(ci, commit) }
}
