/**
 * Written histories, each a story of what was seen over time and how its run ends: `test/histories/*.yaml`, named by
 * the line of docs/verdict.md that they are about. Each is played over the real loop's parts, ends as it says and to
 * the minute, and then nothing changes for two hours.
 *
 * Among them is every false `done` that other loops are known for.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { parse } from 'yaml'
import { describe, expect, test } from 'vitest'

import { endingOf } from './history-ending.ts'
import { play } from './history-player.ts'
import { readHistory } from './history-schema.ts'

const folder = join(import.meta.dirname, 'histories')
const files = readdirSync(folder).toSorted()
const textOf = (file: string) => readFileSync(join(folder, file), 'utf8')

/** Of a file that is no history, its name: its test says what is wrong with it. */
function titleOf(file: string): string {
  const { title } = (parse(textOf(file)) ?? {}) as { title?: unknown }
  return typeof title === 'string' ? title : file
}

describe('histories', () => {
  test.each(files.map((file) => [titleOf(file), file] as const))('%s', async (_, file) => {
    const history = readHistory(file, textOf(file))
    const { ended, quiet } = await play(history, endingOf)
    expect({ file, ends: ended.ends }).toEqual({ file, ends: history.ends })
    const { issue } = quiet
    expect({ file, ...quiet }).toEqual({ file, ...ended, issue: history.issue ?? issue })
  })
})

describe('the corpus', () => {
  const lineOf = (file: string) => Number(file.slice(0, 2))

  test('has 60 histories at least, and some of each of the fourteen lines', () => {
    expect(files.length).toBeGreaterThanOrEqual(60)
    const lines = Array.from({ length: 14 }, (_, index) => index + 1)
    expect([...new Set(files.map(lineOf))]).toEqual(lines)
  })

  test('names each file by its line and what happens in it, and titles no two alike', () => {
    expect(files.filter((file) => !/^\d\d-[a-z0-9-]+\.yaml$/.test(file))).toEqual([])
    expect(new Set(files.map(titleOf)).size).toBe(files.length)
  })

  test.each([
    ['no checks', '07-no-checks'],
    ['green at another commit', '06-green-at-another-commit'],
    ['an old commit is claimed', '11-an-old-commit-is-claimed'],
    ["the turn before's end", '05-the-end-of-the-turn-before'],
    ['a re-run that flaps', '05-a-rerun-flaps'],
    ['Closes #42 on a red push', '02-a-closing-keyword-on-a-red-push'],
    ['auto-merge only enabled', '03-auto-merge-is-only-enabled'],
    ['merged with a required check pending', '03-merged-with-a-required-check-pending'],
    [
      'the pull request green, its merge commit not',
      '03-the-pull-request-is-green-its-merge-commit-not',
    ],
  ])('has the false done: %s', (_, name) => {
    expect(files.map((file) => basename(file, '.yaml'))).toContain(name)
  })
})

describe('a file that is no history', () => {
  const well = `
title: it is done
steps:
  - at: 10m
    remote: { push: A }
    checks: { A: [test: passed] }
    agent: { finished: It is pushed. }
ends: { as: done, commit: A, at: 10m, asked: 1, charged: [], rings: [done] }
`

  test('is told from one that is', () => {
    expect(readHistory('x.yaml', well).ends.at).toBe(10)
  })

  test.each([
    ['a key', 'agent:', 'agnet:', 'Unrecognized key: "agnet"\n  → at steps[0]'],
    ['a word', '{ finished: It is pushed. }', 'wroks', 'Unrecognized key: "wroks"'],
    [
      'a word that says nothing',
      '{ finished: It is pushed. }',
      'finished',
      'steps[0].agent.finished',
    ],
    ['a state', 'test: passed', 'test: pased', 'steps[0].checks.A[0].test'],
    ['a kind of end', 'as: done', 'as: doen', 'ends.as'],
    ['a cause where there is none', 'as: done', 'as: done, cause: lost', '"cause"\n  → at ends'],
    ['a ring', 'rings: [done]', 'rings: [dnoe]', 'ends.rings[0]'],
    ['a time', 'at: 10m\n', 'at: 10x\n', 'must be whole minutes, as 12m or 2h\n  → at steps[0].at'],
    ['a commit', 'push: A', 'push: B', 'nobody pushes A'],
    [
      'two things at once',
      'push: A',
      'push: A, forcedAway: A',
      'must say one of push, offer, forcedAway, down and back',
    ],
    ['an offer where all is pushed', 'push: A', 'offer: A', 'needs merges: nothing lands by pull'],
    ['two checks in one', '[test: passed]', '[{ a: passed, b: failed }]', 'must be one check'],
    ['a step too late', 'at: 10m\n', 'at: 131m\n', 'comes when nobody plays it any more'],
  ])('is refused with the place of its mistake: %s', (_, right, wrong, says) => {
    expect(well).toContain(right)
    expect(() => readHistory('x.yaml', well.replace(right, wrong))).toThrow(says)
  })

  test('is refused where its steps go back in time', () => {
    const text = well.replace('steps:', 'steps:\n  - at: 11m\n    agent: works')
    expect(() => readHistory('x.yaml', text)).toThrow('comes after a later one\n  → at steps[1].at')
  })
})
