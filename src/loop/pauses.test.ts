import { describe, expect, test } from 'vitest'

import { type Ground, inMemoryLoop, typesOf } from '../../test/in-memory-loop.ts'
import { pauses } from './pauses.ts'

const pausing = ({ parts }: Ground) => pauses(parts)

const isHeld = async ({ run }: Ground, id = 'run_1') => {
  const { state, ...rest } = await run(id)
  return state === 'live' && 'isHeld' in rest && rest.isHeld
}

describe('a pause', () => {
  test('is written down, with who asked and when', async () => {
    const ground = inMemoryLoop()
    await pausing(ground).pause('infra', 'ada')
    const at = ground.parts.clock.now()
    expect(await ground.store.pauses()).toEqual([{ scope: 'infra', at, by: 'ada' }])
  })

  test.each([
    ['*', true, true],
    ['infra', true, false],
    ['web', false, true],
  ])('of %s holds infra: %s, web: %s', async (scope, infra, web) => {
    const { isPaused, pause } = pausing(inMemoryLoop())
    expect([isPaused('infra'), isPaused('web')]).toEqual([false, false])
    await pause(scope, 'ada')
    expect([isPaused('infra'), isPaused('web')]).toEqual([infra, web])
  })

  test('is told to every run under way before it is answered', async () => {
    const ground = inMemoryLoop({}, ['infra', 'web'])
    await ground.working()
    await ground.started({ id: 'run_web', issue: { repo: 'web', number: 7 } })
    await pausing(ground).pause('*', 'ada')
    expect([await isHeld(ground), await isHeld(ground, 'run_web')]).toEqual([true, true])
    expect(ground.told).toEqual([{ event: 'loop-paused', scope: '*', by: 'ada' }])
  })

  test('is written down before any run is told', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    ground.calls.during('runs move', async () => {
      expect(await ground.store.pauses()).toHaveLength(1)
    })
    await pausing(ground).pause('*', 'ada')
    expect(await isHeld(ground)).toBe(true)
  })

  test('of one repository is none of another’s runs', async () => {
    const ground = inMemoryLoop({}, ['infra', 'web'])
    await ground.working()
    await ground.working({ id: 'run_web', issue: { repo: 'web', number: 7 } })
    await pausing(ground).pause('web', 'ada')
    expect([await isHeld(ground), await isHeld(ground, 'run_web')]).toEqual([false, true])
  })

  test('leaves a run that was queued as it is', async () => {
    const ground = inMemoryLoop()
    const stored = await ground.queued()
    await pausing(ground).pause('*', 'ada')
    expect(await ground.stored()).toEqual(stored)
  })

  test('that is asked for again says nothing new to a run', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const { pause } = pausing(ground)
    await pause('*', 'ada')
    await pause('infra', 'bob')
    expect(typesOf(await ground.ledger()).filter((type) => type === 'held')).toHaveLength(1)
  })
})

describe('to resume', () => {
  test('lets the runs go on, and is told', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const { pause, resume, isPaused } = pausing(ground)
    await pause('*', 'ada')
    await resume('*', 'bob')
    expect([isPaused('infra'), await isHeld(ground)]).toEqual([false, false])
    expect(await ground.store.pauses()).toEqual([])
    expect(ground.told.at(-1)).toEqual({ event: 'loop-resumed', scope: '*', by: 'bob' })
  })

  test('everything leaves a repository held that is paused by its own name', async () => {
    const ground = inMemoryLoop()
    await ground.working()
    const { pause, resume, isPaused } = pausing(ground)
    await pause('*', 'ada')
    await pause('infra', 'ada')
    await resume('*', 'ada')
    expect([isPaused('infra'), isPaused('web'), await isHeld(ground)]).toEqual([true, false, true])
    await resume('infra', 'ada')
    expect(await isHeld(ground)).toBe(false)
  })

  test('what was never paused is harmless', async () => {
    const ground = inMemoryLoop()
    const stored = await ground.working()
    await pausing(ground).resume('infra', 'ada')
    expect(await ground.stored()).toEqual(stored)
  })
})

test('what was paused while no loop ran is found by a read, and what was resumed, too', async () => {
  const ground = inMemoryLoop()
  const { isPaused, read } = pausing(ground)
  await ground.store.pause({ scope: 'infra', at: 0, by: 'ada' })
  expect(isPaused('infra')).toBe(false)
  await read()
  expect(isPaused('infra')).toBe(true)
  await ground.store.resume('infra')
  await read()
  expect(isPaused('infra')).toBe(false)
})
