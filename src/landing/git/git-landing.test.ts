import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'

import { landingContract } from '../../../test/landing.contract.ts'
import { manualClock } from '../../../test/manual-clock.ts'
import { repository } from '../../../test/repository.ts'
import type { LandingError } from '../landing-error.ts'
import { gitLanding } from './git-landing.ts'

async function side(env: Readonly<Record<string, string>> = {}) {
  const remote = await repository()
  const work = await remote.clone()
  const ours = await remote.clone()
  const clock = manualClock()
  const landing = gitLanding({ repo: ours.path, branch: 'main', env, clock })
  return { remote, work, ours, landing, clock, fresh: () => clock.advance(5000) }
}

const run = (base: string) => ({ id: 'run_1', branch: 'afk/run_1', base, continues: [] })

landingContract(() => side())

describe('the clone that is asked', () => {
  test('may be dirty and diverged, and stays as it is to the last ref', async () => {
    const { work, ours, landing } = await side()
    await work.commit('theirs', { 'README.md': 'theirs\n' })
    const commit = await work.commit('x\n\nAFK-Run: run_1')
    await work.push('HEAD:main', 'HEAD:refs/tags/v1')
    const base = await ours.commit('ours', { 'README.md': 'ours\n' })
    writeFileSync(join(ours.path, 'README.md'), 'and dirty\n')
    const state = async () => [
      await ours.git('for-each-ref', 'refs/heads', 'refs/remotes', 'refs/tags', 'refs/stash'),
      await ours.git('status', '--porcelain', '--branch'),
      existsSync(join(ours.path, '.git/FETCH_HEAD')),
    ]
    const before = await state()
    expect(await landing.pushedBy(run(base))).toBe(commit)
    expect(await state()).toEqual(before)
    expect(await ours.git('for-each-ref', '--format=%(refname)', 'refs/afk')).toBe(
      'refs/afk/landing/main',
    )
  })

  test('is never left by a path, nor does a link lead anywhere', async () => {
    const { work, landing } = await side()
    symlinkSync('/etc/passwd', join(work.path, 'link.md'))
    await work.commit('a link')
    await work.push('HEAD:main')
    expect(await landing.read('link.md')).toBeNull()
    for (const path of ['', '.', '/etc/passwd', '../remote.git/HEAD', './README.md', '--', ':/'])
      await expect(landing.read(path).catch((error: Error) => error.name)).resolves.toBeOneOf([
        null,
        'LandingError',
      ])
  })

  test('has its own settings, replaced commits and signatures, and none of them counts', async () => {
    const { work, ours, landing } = await side()
    const base = await landing.tip()
    const plain = await work.commit('x')
    await work.push('HEAD:main')
    await ours.git('fetch', '--quiet')
    const forged = await ours.git(
      'commit-tree',
      `${plain}^{tree}`,
      '-p',
      base,
      '-m',
      'x\n\nAFK-Run: run_1',
    )
    await ours.git('replace', plain, forged)
    for (const setting of ['log.showSignature=true', 'fetch.prune=true', 'format.pretty=oneline'])
      await ours.git('config', ...setting.split('='))
    await ours.git('config', 'grep.patternType', 'perl')
    expect(await landing.pushedBy(run(base))).toBeNull()
  })
})

describe('many who ask', () => {
  const looks = (trace: string) =>
    readFileSync(trace, 'utf8')
      .split('\n')
      .filter((line) => /"event":"start".*"(ls-remote|fetch)"/.test(line))
      .map((line) => /"(ls-remote|fetch)"/.exec(line)?.[1])

  test('at once are one look and one fetch; within five seconds its answer is reused', async () => {
    const trace = join((await repository()).path, 'trace')
    const { landing, clock, ours } = await side({ GIT_TRACE2_EVENT: trace })
    const base = await ours.git('rev-parse', 'HEAD')
    await Promise.all(Array.from({ length: 20 }, () => landing.pushedBy(run(base))))
    clock.advance(4999)
    await landing.tip()
    expect(looks(trace)).toEqual(['ls-remote', 'fetch'])
    clock.advance(1)
    await Promise.all([landing.tip(), landing.contains(base)])
    expect(looks(trace)).toEqual(['ls-remote', 'fetch', 'ls-remote'])
  })

  test('while a look is on its way share the next one, which sees what was pushed before it', async () => {
    const { landing, clock, work } = await side()
    const first = landing.tip()
    await new Promise(setImmediate)
    clock.advance(5000)
    const commit = await work.commit('x')
    await work.push('HEAD:main')
    const [second, third] = await Promise.all([landing.tip(), landing.tip()])
    await first
    expect([second, third]).toEqual([commit, commit])
  })
})

describe('what cannot be asked says nothing', () => {
  test('a remote that is gone is unreachable, and answers again once it is back', async () => {
    const { remote, landing, fresh, ours } = await side()
    const base = await landing.tip()
    renameSync(remote.path, `${remote.path}.gone`)
    fresh()
    for (const asked of [landing.tip(), landing.contains(base), landing.pushedBy(run(base))])
      await expect(asked).rejects.toMatchObject({ name: 'LandingError', code: 'unreachable' })
    renameSync(`${remote.path}.gone`, remote.path)
    fresh()
    expect(await landing.tip()).toBe(base)
    await ours.git('remote', 'remove', 'origin')
    fresh()
    await expect(landing.tip()).rejects.toMatchObject({ code: 'unreachable' })
  })

  test('a branch that the remote has not, or no more, is missing', async () => {
    const { work, ours, landing, fresh } = await side()
    const other = gitLanding({ repo: ours.path, branch: 'trunk' })
    await expect(other.tip()).rejects.toMatchObject({ name: 'LandingError', code: 'missing' })
    await landing.tip()
    await work.git(
      '--git-dir',
      await work.git('remote', 'get-url', 'origin'),
      'branch',
      '-m',
      'main',
      'm',
    )
    fresh()
    await expect(landing.tip()).rejects.toMatchObject({ code: 'missing' })
  })

  test('a base that the clone has not is no base, and is said', async () => {
    const { landing } = await side()
    const asked = landing.pushedBy(run('a'.repeat(40)))
    await expect(asked).rejects.toMatchObject({
      code: 'unreadable',
      message: /lacks the commit aaa/,
    })
    for (const base of ['', 'HEAD', '--all', 'main\n'])
      await expect(landing.pushedBy(run(base))).rejects.toMatchObject({ code: 'invalid' })
  })

  test('a name that no branch or run has is refused', async () => {
    const { landing, ours } = await side()
    const ref = run(await landing.tip())
    const tricks = [
      '--upload-pack=x',
      'a..b',
      'a/../b',
      '/a',
      'a/',
      'a.lock',
      '.a',
      'a//b',
      'a.',
      '@',
    ]
    for (const name of ['', '-x', 'a b', 'a\nb', 'a\n', 'ä', 'a:b', 'a*', 'a~1', '+a', ...tricks]) {
      expect(() => gitLanding({ repo: ours.path, branch: name })).toThrow(/can be no branch’s name/)
      for (const one of [{ id: name }, { branch: name }])
        await expect(landing.pushedBy({ ...ref, ...one })).rejects.toMatchObject({
          code: 'invalid',
        })
    }
  })
})

describe('a history that is large or odd', () => {
  test('of 11,000 commits is read from its tip, and no further than 10,000', async () => {
    const { landing, ours, remote, fresh } = await side()
    const base = await landing.tip()
    const stream = Array.from({ length: 11_000 }, (_, n) => {
      const message = n === 500 ? 'x\n\nAFK-Run: run_old' : n === 4000 ? 'x\n\nAFK-Run: run_1' : 'x'
      const from = n === 0 ? `from ${base}\n` : ''
      return `commit refs/heads/main\ncommitter A <a@b> ${1e9 + n} +0000\ndata ${message.length}\n${message}\n${from}`
    })
    execFileSync('git', ['fast-import', '--quiet'], { cwd: remote.path, input: stream.join('') })
    fresh()
    const startedAt = performance.now()
    const found = await landing.pushedBy(run(base))
    expect(performance.now() - startedAt).toBeLessThan(10_000)
    expect(found).toBe(await ours.git('rev-parse', 'refs/afk/landing/main~6999'))
    expect(await landing.pushedBy({ ...run(base), id: 'run_old' })).toBeNull()
  })

  test('with messages of megabytes is read to their trailers', async () => {
    const { landing, work, fresh } = await side()
    const base = await landing.tip()
    const committed = async (message: string) => {
      writeFileSync(join(work.path, '.git/message'), message)
      await work.git('commit', '--quiet', '--allow-empty', '--file=.git/message')
      await work.push('HEAD:main')
      fresh()
      return work.git('rev-parse', 'HEAD')
    }
    const prose = 'AFK-Run: run_1 is what I was told to write\n\n'.repeat(100_000)
    await committed(`${prose}and this`)
    expect(await landing.pushedBy(run(base))).toBeNull()
    const commit = await committed(`${prose}AFK-Run: run_1`)
    expect(await landing.pushedBy(run(base))).toBe(commit)
    await committed(`flood\n\n${'AFK-Run: run_2\n'.repeat(100_000)}`)
    expect(await landing.pushedBy(run(base))).toBe(commit)
  })

  test('merged the wrong way round has landed with that merge', async () => {
    const { landing, work, fresh, remote } = await side()
    const base = await landing.tip()
    await work.commit('x\n\nAFK-Run: run_1', { x: '1' })
    await work.push('HEAD:main')
    const other = await remote.clone()
    await other.git('reset', '--quiet', '--hard', base)
    await other.commit('y\n\nAFK-Run: run_2', { y: '1' })
    await other.git('merge', '--quiet', '-m', 'pull', 'origin/main')
    await other.push('HEAD:main')
    fresh()
    expect(await landing.pushedBy(run(base))).toBe(await other.git('rev-parse', 'HEAD'))
  })
})

test('what a remote keeps waiting is called off by the signal', async () => {
  const { work } = await side()
  const asked = Promise.withResolvers<unknown>()
  const mute = createServer(asked.resolve)
  onTestFinished(() => void mute.close())
  const port = await new Promise<number>((resolve) =>
    mute.listen(0, '127.0.0.1', () => resolve((mute.address() as AddressInfo).port)),
  )
  await work.git('remote', 'set-url', 'origin', `git://127.0.0.1:${port}/x`)
  const closing = new AbortController()
  const landing = gitLanding({ repo: work.path, branch: 'main', signal: closing.signal })
  const tip = landing.tip().catch((error: LandingError) => error.code)
  await asked.promise
  closing.abort()
  expect(await tip).toBe('unreachable')
})
