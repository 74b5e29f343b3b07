import { spawn } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

import { temporaryFolder } from '../../../test/temporary.ts'
import { takeLock } from './commit-lock.ts'
import { isAlive, markOf } from './process-mark.ts'

const placed = (content?: unknown) => {
  const path = join(temporaryFolder(), 'lock')
  if (content !== undefined)
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content))
  return path
}

/** A process that has ended. */
const dead = { pid: process.pid, start: 'long ago' }

test('a lock is taken once, and again when it was released', () => {
  const path = placed()
  const lock = takeLock(path)
  expect(lock?.orphan).toBeNull()
  expect(takeLock(path)).toBeNull()
  lock?.release()
  expect(takeLock(path)).not.toBeNull()
})

test('a holder that died holds nothing, and its command is told, by number and start', () => {
  const command = { pid: 4, start: 'then' }
  const path = placed({ id: 'x', holder: dead, command })
  expect(takeLock(path)?.orphan).toEqual(command)
  expect(takeLock(path)).toBeNull()
})

test('a lock that is not whole is nobody’s', () => {
  expect(takeLock(placed('{"id":"x","hol'))).not.toBeNull()
})

test('the command that was started is written into it', () => {
  const path = placed()
  takeLock(path)?.note(process.pid)
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({ command: markOf(process.pid) })
})

test('nothing else is left beside it', () => {
  const path = placed({ id: 'x', holder: dead, command: null })
  const lock = takeLock(path)
  lock?.note(process.pid)
  expect(readdirSync(dirname(path))).toEqual(['lock'])
  lock?.release()
  expect(readdirSync(dirname(path))).toEqual([])
})

test('a process is known by its start, and gone once it has ended', async () => {
  const child = spawn('sleep', ['600'])
  onTestFinished(() => void child.kill('SIGKILL'))
  const mark = markOf(child.pid!)
  expect(isAlive(mark!)).toBe(true)
  expect(isAlive({ ...mark!, start: 'another' })).toBe(false)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await ended
  expect(isAlive(mark!)).toBe(false)
  expect(markOf(2 ** 22 + 1)).toBeNull()
})
