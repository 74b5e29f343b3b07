import { expect, test } from 'vitest'

import { faults, said } from './faults.ts'
import type { LoopEvent } from './tell.ts'

function telling() {
  const told: LoopEvent[] = []
  return { told, ...faults((event) => void told.push(event)) }
}

const fault = (detail: string) => ({ event: 'look-failed', repo: 'infra', detail }) as const

test('what cannot be asked is told once, however often it is tried', () => {
  const { told, failed } = telling()
  for (let i = 0; i < 3; i++) failed('look infra', fault('the remote is down'))
  expect(told).toEqual([fault('the remote is down')])
})

test('another fault is told, and the first again when it comes back', () => {
  const { told, failed } = telling()
  failed('look infra', fault('down'))
  failed('look infra', fault('refused'))
  failed('look infra', fault('down'))
  expect(told.map((event) => 'detail' in event && event.detail)).toEqual([
    'down',
    'refused',
    'down',
  ])
})

test('what was well again is told again', () => {
  const { told, failed, well } = telling()
  failed('look infra', fault('down'))
  well('look infra')
  failed('look infra', fault('down'))
  expect(told).toHaveLength(2)
})

test('one thing that is well says nothing of another', () => {
  const { told, failed, well } = telling()
  failed('look infra', fault('down'))
  well('look web')
  well('poll infra')
  failed('look infra', fault('down'))
  expect(told).toHaveLength(1)
})

test('the same fault of two things is told of both', () => {
  const { told, failed } = telling()
  failed('look infra', fault('down'))
  failed('poll infra', fault('down'))
  expect(told).toHaveLength(2)
})

test('what is thrown is said in its own words', () => {
  expect(said(new Error('down'))).toBe('down')
  expect(said('gone')).toBe('gone')
})
