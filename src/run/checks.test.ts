import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { approval, none, pending, rerun } from '../../test/runs.ts'
import { type CheckState, foldChecks } from './checks.ts'

const states = [
  ...['queued', 'running', 'waiting', 'passed', 'skipped', 'neutral'],
  ...['failed', 'cancelled', 'timed-out', 'action-required'],
] as readonly CheckState[]

/** `lint` and `test`, and more by their letters. */
const checksOf = (facts: Readonly<Record<string, CheckState>>) =>
  Object.entries(facts).map(([name, state]) => ({ name, url: null, state }))
const green = (...passed: readonly string[]) => ({ verdict: 'green', passed })
const red = (...names: readonly string[]) => {
  return { verdict: 'red', failing: names.map((name) => ({ name, url: null })) }
}

type Case = readonly [Readonly<Record<string, CheckState>>, object]

describe('where none are required, all that are there count', () => {
  test.each<Case>([
    [{}, none],
    [{ test: 'queued' }, pending],
    [{ test: 'running' }, pending],
    [{ test: 'waiting' }, approval],
    [{ test: 'action-required' }, approval],
    [{ test: 'passed' }, green('test')],
    [{ test: 'failed' }, red('test')],
    [{ test: 'timed-out' }, red('test')],
    [{ test: 'cancelled' }, rerun],
    [{ test: 'cancelled', lint: 'skipped' }, rerun],
    [{ test: 'cancelled', lint: 'running' }, pending],
    [{ test: 'cancelled', lint: 'waiting' }, approval],
    [{ test: 'skipped' }, none],
    [{ test: 'neutral' }, none],
    [{ test: 'skipped', lint: 'neutral' }, none],
    [{ test: 'passed', lint: 'skipped' }, green('test')],
    [{ test: 'passed', lint: 'neutral' }, green('test')],
    [{ test: 'passed', lint: 'passed' }, green('lint', 'test')],
    [{ test: 'passed', lint: 'queued' }, pending],
    [{ test: 'passed', lint: 'cancelled' }, rerun],
    [{ test: 'passed', lint: 'waiting' }, approval],
    [{ test: 'running', lint: 'waiting' }, approval],
    [{ test: 'skipped', lint: 'running' }, pending],
    [{ test: 'passed', lint: 'failed' }, red('lint')],
    [{ test: 'running', lint: 'failed' }, red('lint')],
    [{ test: 'waiting', lint: 'failed' }, red('lint')],
    [{ test: 'cancelled', lint: 'failed' }, red('lint')],
    [{ test: 'timed-out', lint: 'failed' }, red('lint', 'test')],
  ])('%j', (facts, verdict) => {
    expect(foldChecks(checksOf(facts), null)).toEqual(verdict)
    expect(foldChecks(checksOf(facts), [])).toEqual(verdict)
    expect(foldChecks(checksOf(facts).toReversed(), null)).toEqual(verdict)
  })
})

describe('where test and lint are required', () => {
  test.each<Case>([
    [{}, none],
    [{ other: 'passed' }, pending],
    [{ test: 'cancelled' }, pending],
    [{ test: 'cancelled', lint: 'passed' }, rerun],
    [{ test: 'cancelled', lint: 'cancelled', other: 'running' }, rerun],
    [{ test: 'passed' }, pending],
    [{ test: 'passed', other: 'passed' }, pending],
    [{ test: 'failed' }, red('test')],
    [{ test: 'skipped' }, pending],
    [{ test: 'waiting' }, approval],
    [{ test: 'passed', lint: 'passed' }, green('lint', 'test')],
    [{ test: 'passed', lint: 'skipped' }, green('test')],
    [{ test: 'skipped', lint: 'skipped' }, none],
    [{ test: 'skipped', lint: 'skipped', other: 'passed' }, none],
    [{ test: 'passed', lint: 'passed', other: 'failed' }, green('lint', 'test')],
    [{ test: 'passed', lint: 'passed', other: 'waiting' }, green('lint', 'test')],
    [{ test: 'passed', lint: 'passed', other: 'running' }, green('lint', 'test')],
    [{ test: 'passed', lint: 'running', other: 'failed' }, pending],
    [{ test: 'passed', lint: 'failed', other: 'failed' }, red('lint')],
    [{ Test: 'passed', Lint: 'passed' }, pending],
  ])('%j', (facts, verdict) => {
    expect(foldChecks(checksOf(facts), ['test', 'lint'])).toEqual(verdict)
  })
})

test('each check of one name counts, and is named once', () => {
  const of = (...each: readonly CheckState[]) =>
    each.map((state, index) => ({ name: 'test', url: `https://ci.test/${index}`, state }))
  expect(foldChecks(of('passed', 'passed'), ['test'])).toEqual(green('test'))
  expect(foldChecks(of('passed', 'failed'), ['test'])).toEqual({
    verdict: 'red',
    failing: [{ name: 'test', url: 'https://ci.test/1' }],
  })
})

const some = fc.array(
  fc.record({
    name: fc.constantFrom('a', 'b', 'c', '__proto__'),
    url: fc.constantFrom(null, 'https://ci.test/1'),
    state: fc.constantFrom(...states),
  }),
  { maxLength: 6 },
)
const wanted = fc.option(fc.uniqueArray(fc.constantFrom<string>('a', 'b', '__proto__')))

test('green is never said but where every required check is there, has ended well, and one has passed', () => {
  fc.assert(
    fc.property(some, wanted, (checks, required) => {
      const verdict = foldChecks(checks, required)
      if (verdict.verdict !== 'green') return
      const isNamed = required !== null && required.length > 0
      const counted = isNamed ? checks.filter(({ name }) => required.includes(name)) : checks
      for (const { state } of counted) expect(['passed', 'skipped', 'neutral']).toContain(state)
      for (const name of required ?? [])
        expect(counted.some((each) => each.name === name)).toBe(true)
      expect(verdict.passed.length).toBeGreaterThan(0)
      for (const name of verdict.passed)
        expect(counted.some((each) => each.name === name && each.state === 'passed')).toBe(true)
    }),
  )
})

test('the order in which the checks come changes nothing', () => {
  fc.assert(
    fc.property(some, wanted, (checks, required) => {
      const turned = foldChecks(checks.toReversed(), required)
      expect(turned).toEqual(foldChecks(checks, required))
    }),
  )
})
