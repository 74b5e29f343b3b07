import { describe, expect, test } from 'vitest'

import { type Ground, inMemoryLoop } from '../../test/in-memory-loop.ts'
import { labels, readyIssue } from '../../test/loop-stand-ins.ts'
import { finished, grant } from '../../test/runs.ts'
import type { TrackedIssue } from '../trackers/tracker.ts'

const whyNot = ({ parts, repository, tracker }: Ground, number = 42) =>
  parts.gatekeeper.whyNot(repository, tracker.issue(number))

/** A run of the issue that has ended, has cost this much, and has let go of the slot. */
async function spent({ working, happen, store }: Ground, costUsd: number) {
  await working({ id: 'run_before' })
  await happen('run_before', { type: 'spent', turn: 1, costUsd })
  await happen('run_before', { type: 'turn-over', turn: 1, end: finished, commit: null })
  await store.freeSlot('run_before')
}

describe('the first reason that holds', () => {
  /** Everything is against it. */
  async function hopeless() {
    const ground = inMemoryLoop({ limits: { costUsd: 0 } })
    const { store, tracker } = ground
    await store.pause({ scope: 'infra', at: 0, by: 'ada' })
    tracker.put(readyIssue({ number: 7, labels: [] }))
    tracker.edit(42, { labels: [], isOpen: false, isTrusted: false, blockedBy: [7, 8] })
    await ground.queued({ id: 'run_other', issue: { repo: 'infra', number: 7 } })
    const rich = inMemoryLoop({ store })
    rich.tracker.put(tracker.issue(7))
    rich.tracker.put(tracker.issue(42))
    return { ground, rich }
  }

  test('is said, one after the other', async () => {
    const { ground, rich } = await hopeless()
    expect(await whyNot(ground)).toBe('it is not labelled ready')
    ground.tracker.edit(42, { labels: [labels.ready] })
    expect(await whyNot(ground)).toBe('paused by ada')
    await ground.store.resume('infra')
    expect(await whyNot(ground)).toBe('its spending limit is used up')
    rich.tracker.edit(42, { labels: [labels.ready] })
    expect(await whyNot(rich)).toBe('it is closed')
    rich.tracker.edit(42, { isOpen: true })
    expect(await whyNot(rich)).toBe('ada, who labelled it ready, has no write access')
    rich.tracker.edit(42, { isTrusted: true })
    expect(await whyNot(rich)).toBe('blocked by #7, #8')
    rich.tracker.edit(42, { blockedBy: [] })
    expect(await whyNot(rich)).toBe('its repository is busy with run_other')
    await rich.store.freeSlot('run_other')
    expect(await whyNot(rich)).toBe(null)
  })
})

describe('a pause', () => {
  test.each([
    ['*', 'paused by ada'],
    ['infra', 'paused by ada'],
    ['web', null],
  ])('of %s: %s', async (scope, why) => {
    const ground = inMemoryLoop()
    await ground.store.pause({ scope, at: 0, by: 'ada' })
    expect(await whyNot(ground)).toBe(why)
  })
})

describe('a blocker', () => {
  const blocked = (blocker: Partial<TrackedIssue> | null) => {
    const ground = inMemoryLoop()
    if (blocker !== null) ground.tracker.put(readyIssue({ number: 7, ...blocker }))
    ground.tracker.edit(42, { blockedBy: [7] })
    return whyNot(ground)
  }

  test('that is open blocks', async () => {
    expect(await blocked({})).toBe('blocked by #7')
  })

  test('that is closed does not', async () => {
    expect(await blocked({ isOpen: false })).toBe(null)
  })

  test('that is not there is not closed: it blocks', async () => {
    expect(await blocked(null)).toBe('blocked by #7')
  })
})

describe('the spending limit', () => {
  test('of nothing is used up from the start', async () => {
    expect(await whyNot(inMemoryLoop({ limits: { costUsd: 0 } }))).toBe(
      'its spending limit is used up',
    )
  })

  test('that a lineage has used up is whole again with the ready label', async () => {
    const ground = inMemoryLoop({ limits: { costUsd: 5 } })
    await spent(ground, 5)
    expect(await whyNot(ground)).toBe(null)
  })

  test('is judged after what the label gives, and nothing is given by asking', async () => {
    const ground = inMemoryLoop({ limits: { costUsd: 5 } })
    await spent(ground, 5)
    const before = await ground.store.ledger('infra#42@main')
    await whyNot(ground)
    expect(await ground.store.ledger('infra#42@main')).toEqual(before)
  })

  test('of one issue is none of another’s', async () => {
    const ground = inMemoryLoop({ limits: { costUsd: 0 } })
    await ground.store.grant('infra#7@main', { ...grant, attempts: 0, minutes: 0, costUsd: 5 })
    ground.tracker.put(readyIssue({ number: 7 }))
    expect(await whyNot(ground, 7)).toBe(null)
    expect(await whyNot(ground, 42)).toBe('its spending limit is used up')
  })
})

test('another repository that is busy keeps no issue back', async () => {
  const ground = inMemoryLoop({}, ['infra', 'web'])
  await ground.queued({ issue: { repo: 'web', number: 7 } })
  expect(await whyNot(ground)).toBe(null)
})

test('an issue of which nobody says who labelled it may not start', async () => {
  const ground = inMemoryLoop()
  ground.tracker.edit(42, { readyBy: null, isTrusted: false })
  expect(await whyNot(ground)).toBe('nobody says who labelled it ready')
})

test('an issue that is labelled ready again after its run has ended may start', async () => {
  const ground = inMemoryLoop()
  await spent(ground, 1)
  expect(await whyNot(ground)).toBe(null)
})

describe('the next to start', () => {
  const next = async ({ parts, repository }: Ground, issues: readonly TrackedIssue[]) =>
    (await parts.gatekeeper.next(repository, issues))?.number ?? null

  const issues = [
    readyIssue({ number: 3 }),
    readyIssue({ number: 2, priority: 5 }),
    readyIssue({ number: 1, priority: 5, blockedBy: [99] }),
    readyIssue({ number: 4, priority: 1, labels: [labels.inProgress] }),
  ]

  test('is the most urgent that may', async () => {
    expect(await next(inMemoryLoop(), issues)).toBe(2)
  })

  test('is none where none may', async () => {
    expect(await next(inMemoryLoop(), issues.slice(2))).toBe(null)
    expect(await next(inMemoryLoop(), [])).toBe(null)
  })
})
