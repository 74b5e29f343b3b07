import { mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { temporaryFolder } from '../../../test/temporary.ts'
import { until } from '../../../test/until.ts'
import { walks } from './walks.ts'

const second = 1_000
const minute = 60 * second
const start = Date.parse('2026-01-01')

/** A worktree whose newest file is as old as it is told, and how often somebody walked there. */
function walked() {
  const worktree = temporaryFolder()
  const walk = walks()
  let times = 0
  const touch = (at: number) => {
    const file = join(worktree, 'file')
    writeFileSync(file, '')
    for (const path of [file, worktree]) utimesSync(path, at / 1000, at / 1000)
  }
  touch(start)
  const look = (now: number, cheap: number, turn = 'run.1') => {
    const path = () => {
      times += 1
      return worktree
    }
    return walk({ turn, worktree: path, cheap, now })
  }
  return { look, touch, times: () => times, worktree }
}

test('a turn that made itself heard within a minute is not walked for', () => {
  const { look, times } = walked()
  expect(look(start + 2 * minute, start + minute + 1)).toBe(start + minute + 1)
  expect(times()).toBe(0)
})

test('a silent one is walked for every ten seconds, and what was found stays', () => {
  const { look, touch, times } = walked()
  const now = start + 5 * minute
  expect(look(now, start - minute)).toBe(start)
  touch(now + second)
  expect(look(now + 9 * second, start - minute)).toBe(start)
  expect(times()).toBe(1)
  expect(look(now + 10 * second, start - minute)).toBe(now + second)
  touch(start)
  expect(look(now + 20 * second, start - minute)).toBe(now + second)
  expect(times()).toBe(3)
})

test('each turn has walks of its own, and a clock that was set back holds none up', () => {
  const { look, times } = walked()
  for (const turn of ['run.1', 'run.2']) look(start + 5 * minute, 0, turn)
  expect(times()).toBe(2)
  look(start + 4 * minute, 0, 'run.1')
  expect(times()).toBe(3)
})

test('very many wait for their go, and each gets it', async () => {
  const { look, times, worktree } = walked()
  for (let folder = 0; folder < 30; folder++) {
    mkdirSync(join(worktree, `folder-${folder}`))
    for (let file = 0; file < 40; file++)
      writeFileSync(join(worktree, `folder-${folder}`, `file-${file}`), '')
  }
  const turns = Array.from({ length: 40 }, (_, index) => `run.${index}`)
  const now = Date.now() + 5 * minute
  for (const turn of turns) look(now, 0, turn)
  const atOnce = times()
  expect(atOnce).toBeLessThan(turns.length)
  await until('another one has its go', () => {
    for (const turn of turns) look(now, 0, turn)
    return times() > atOnce
  })
})
