import { expect, test } from 'vitest'

import { forEver } from '../../test/in-memory-calls.ts'
import { until } from '../../test/until.ts'
import { lanes } from './lanes.ts'

/** Work at each key that goes on until the test ends it. */
function working() {
  const begun: string[] = []
  const told: Array<readonly [string, unknown]> = []
  const open = new Map<string, PromiseWithResolvers<void>>()
  const { wake, stop } = lanes({
    work(key) {
      if (open.has(key)) throw new Error(`${key} is worked at twice at once`)
      begun.push(key)
      const work = Promise.withResolvers<void>()
      open.set(key, work)
      return work.promise.finally(() => open.delete(key))
    },
    failed: (key, error) => void told.push([key, error]),
  })
  return {
    begun,
    told,
    wake,
    stop,
    end: (key: string) => open.get(key)?.resolve(),
    fail: (key: string, error: unknown) => open.get(key)?.reject(error),
    isAt: (key: string) => open.has(key),
    isIdle: () => open.size === 0,
  }
}

const times = (begun: readonly string[], key: string) => begun.filter((each) => each === key).length

test('a key is worked at when it is woken, and different keys side by side', () => {
  const { begun, wake } = working()
  wake('infra')
  wake('web')
  expect(begun).toEqual(['infra', 'web'])
})

test('a key is worked at one at a time, and three wakes meanwhile are one more time', async () => {
  const { begun, told, wake, end, isIdle, stop } = working()
  wake('infra')
  for (let i = 0; i < 3; i++) wake('infra')
  expect(begun).toEqual(['infra'])
  end('infra')
  await until('it is worked at again', () => begun.length === 2)
  end('infra')
  await until('it is over', isIdle)
  await stop()
  expect(begun).toEqual(['infra', 'infra'])
  expect(told).toEqual([])
})

test('a key whose work is over is worked at again when it is woken again', async () => {
  const { begun, wake, end, isIdle } = working()
  wake('infra')
  end('infra')
  await until('it is over', isIdle)
  wake('infra')
  await until('it is worked at again', () => begun.length === 2)
})

test('a wake of one key is none of another', async () => {
  const { begun, wake, end } = working()
  wake('infra')
  wake('web')
  wake('web')
  end('infra')
  end('web')
  await until('the web is worked at again', () => times(begun, 'web') === 2)
  expect(times(begun, 'infra')).toBe(1)
})

test('a key that hangs holds up no other', async () => {
  const done: string[] = []
  const { wake } = lanes({
    work: async (key) => (key === 'stuck' ? forEver() : void done.push(key)),
    failed: () => expect.unreachable('nothing fails'),
  })
  wake('stuck')
  for (let round = 1; round <= 3; round++) {
    wake('stuck')
    wake('web')
    await until('the web is worked at', () => done.length === round)
  }
})

test('work that throws is told, and ends that one piece of work alone', async () => {
  const { begun, told, wake, end, fail, isIdle } = working()
  const error = new Error('the remote is down')
  wake('infra')
  wake('web')
  wake('infra')
  fail('infra', error)
  await until('it is worked at again', () => times(begun, 'infra') === 2)
  expect(told).toEqual([['infra', error]])
  end('infra')
  end('web')
  await until('nothing is worked at', isIdle)
  wake('web')
  await until('the web is worked at again', () => times(begun, 'web') === 2)
  expect(told).toHaveLength(1)
})

test('work that throws before its first await is told, too', async () => {
  const told: unknown[] = []
  const { wake, stop } = lanes({
    work() {
      throw new Error('at once')
    },
    failed: (key) => void told.push(key),
  })
  wake('infra')
  await stop()
  expect(told).toEqual(['infra'])
})

test('to stop waits for what is under way, and works no more, though it was woken meanwhile', async () => {
  const { begun, wake, stop, end, isAt } = working()
  let isStopped = false
  wake('infra')
  wake('web')
  wake('infra')
  const stopping = stop().then(() => (isStopped = true))
  end('infra')
  wake('infra')
  wake('docs')
  await until('one has ended', () => !isAt('infra'))
  expect(isStopped).toBe(false)
  end('web')
  await stopping
  expect(begun).toEqual(['infra', 'web'])
})

test('to stop waits for work that fails, which is called off and no fault', async () => {
  const { told, wake, stop, fail } = working()
  wake('infra')
  const stopping = stop()
  fail('infra', 'too late')
  await stopping
  expect(told).toEqual([])
})

test('idle lanes stop at once', async () => {
  const { begun, stop, wake } = working()
  await stop()
  wake('infra')
  expect(begun).toEqual([])
})
