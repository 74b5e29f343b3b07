import { expect, test } from 'vitest'

import { manualClock } from '../../../test/manual-clock.ts'
import { CiError } from '../ci-error.ts'
import { attempts } from './attempts.ts'

/** Each attempt waits for `finish`, or ends at once with what `outcome` gives. */
function opened(outcome: () => Promise<boolean> | boolean) {
  const clock = manualClock()
  const judged: string[] = []
  const judge = async (commit: string) => {
    judged.push(commit)
    return outcome()
  }
  return { queue: attempts({ judge, clock }), clock, judged }
}

test('fifty wait, and what is asked for beyond them may be asked for again once one is over', async () => {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const { queue, judged } = opened(() => promise)
  const commits = Array.from({ length: 60 }, (_, n) => `commit ${n}`)
  for (const commit of commits) if (queue.mayTry(commit)) queue.start(commit)
  expect(queue.mayTry('commit 0')).toBe(false)
  expect(queue.mayTry('commit 50')).toBe(false)
  resolve(true)
  await queue.over()
  expect(judged).toEqual(commits.slice(0, 50))
  expect(queue.mayTry('commit 50')).toBe(true)
})

test('a failure stands for a minute, and until the commit was judged', async () => {
  let outcome: () => Promise<boolean> = () => Promise.reject(new Error('disk full'))
  const { queue, clock } = opened(() => outcome())
  queue.start('a')
  await queue.over()
  const failure = queue.failure('a')
  expect(failure).toBeInstanceOf(CiError)
  expect(failure).toMatchObject({ code: 'unavailable', message: /cannot judge a: disk full/ })
  clock.advance(59_999)
  expect(queue.mayTry('a')).toBe(false)
  clock.advance(1)
  expect(queue.mayTry('a')).toBe(true)
  outcome = () => Promise.resolve(true)
  queue.start('a')
  expect(queue.failure('a')).toBe(failure)
  await queue.over()
  expect(queue.failure('a')).toBeNull()
})

test('who watches is called for a verdict and for a failure, and not where another node is at it', async () => {
  const outcomes = [() => true, () => false, () => Promise.reject(new Error('x')), () => true]
  const { queue } = opened(() => outcomes.shift()!())
  const [woken, ended]: [string[], string[]] = [[], []]
  const wake = (commit: string) => void woken.push(commit)
  queue.watch(wake)
  const end = queue.watch(wake)
  queue.watch((commit) => ended.push(commit))()
  for (const commit of ['judged', 'elsewhere', 'failed']) queue.start(commit)
  await queue.over()
  expect(woken).toEqual(['judged', 'judged', 'failed', 'failed'])
  end()
  queue.start('again')
  await queue.over()
  expect(woken.slice(4)).toEqual(['again'])
  expect(ended).toEqual([])
})
