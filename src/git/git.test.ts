import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { temporaryFolder } from '../../test/temporary.ts'
import { git, GitError } from './git.ts'

const identity = {
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@localhost',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@localhost',
}

async function repository(): Promise<string> {
  const folder = temporaryFolder()
  await git(folder, ['init', '-q', '-b', 'main'])
  await git(folder, ['commit', '-q', '--allow-empty', '-m', 'one'], { env: identity })
  return folder
}

const failure = async (work: Promise<string>): Promise<GitError> => {
  const error: unknown = await work.then(
    () => expect.unreachable('git did it'),
    (reason: unknown) => reason,
  )
  if (!(error instanceof GitError)) throw error
  return error
}

test('it tells what git said, unchanged', async () => {
  const folder = await repository()
  expect(await git(folder, ['log', '--format=%s'])).toBe('one\n')
})

test('no hook of the repository runs', async () => {
  const folder = await repository()
  const hook = join(folder, '.git/hooks/post-commit')
  writeFileSync(hook, '#!/bin/sh\ntouch hooked\n', { mode: 0o755 })
  await git(folder, ['commit', '-q', '--allow-empty', '-m', 'two'], { env: identity })
  expect(existsSync(join(folder, 'hooked'))).toBe(false)
  execFileSync('git', ['commit', '-q', '--allow-empty', '-m', 'three'], {
    cwd: folder,
    env: { ...identity, PATH: process.env['PATH'] },
  })
  expect(existsSync(join(folder, 'hooked'))).toBe(true)
})

test('no personal configuration is read, but one that is named', async () => {
  const folder = await repository()
  const file = join(folder, 'personal')
  writeFileSync(file, '[user]\n\tname = Someone\n')
  expect((await failure(git(folder, ['config', 'user.name']))).code).toBe(1)
  const env = { GIT_CONFIG_GLOBAL: file }
  expect(await git(folder, ['config', 'user.name'], { env })).toBe('Someone\n')
})

test('an ext remote runs nothing', async () => {
  const folder = await repository()
  const { stderr } = await failure(git(folder, ['fetch', `ext::touch ${folder}/ran`]))
  expect(stderr).toContain("transport 'ext' not allowed")
  expect(existsSync(join(folder, 'ran'))).toBe(false)
})

test('an error has its code and its words, and no secret', async () => {
  const folder = await repository()
  const url = 'http://me:tk_secret@127.0.0.1:1/x.git'
  const header = 'http.extraHeader=Authorization: Basic c2VjcmV0'
  const error = await failure(git(folder, ['-c', header, 'fetch', url]))
  expect(error).toMatchObject({ name: 'GitError', code: 128 })
  expect(error.stderr).toContain('unable to access')
  expect(JSON.stringify([error.message, error.args, error.stderr])).not.toMatch(
    /tk_secret|c2VjcmV0/,
  )
})

test('an abort ends it, a folder or a git that is not there is an error', async () => {
  const folder = await repository()
  const signal = AbortSignal.abort()
  expect((await failure(git(folder, ['status'], { signal }))).code).toBe('ABORT_ERR')
  expect((await failure(git('/no/such/folder', ['status']))).code).toBe('ENOENT')
  expect((await failure(git(folder, ['status'], { env: { PATH: '/no' } }))).code).toBe('ENOENT')
})

test('it never asks on a terminal', async () => {
  const folder = await repository()
  const helper = ['-c', 'credential.helper=']
  const input = git(folder, [...helper, 'credential', 'fill'])
  expect((await failure(input)).code).toBe(128)
})
