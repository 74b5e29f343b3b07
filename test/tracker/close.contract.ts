/** What a tracker must do to close an issue and to open it again. */
import { beforeEach, expect } from 'vitest'

import type { Declare } from '../deviations.ts'
import type { TrackerBench } from '../tracker.contract.ts'

export function closeContract(
  open: () => TrackerBench | Promise<TrackerBench>,
  test: Declare,
): void {
  let bench: TrackerBench
  beforeEach(async () => {
    bench = await open()
  })

  test('an issue is closed, and opened again', async () => {
    const number = await bench.make({ labels: ['ready'] })
    expect(await bench.tracker.close(number)).toBe('written')
    expect(await bench.tracker.read(number)).toMatchObject({ isOpen: false, labels: ['ready'] })
    expect(await bench.tracker.reopen(number)).toBe('written')
    expect(await bench.tracker.read(number)).toMatchObject({ isOpen: true, closedBy: null })
  })

  test('what is so already is written once', async () => {
    const number = await bench.make({})
    const first = await bench.version(number)
    expect(await bench.tracker.reopen(number)).toBe('written')
    expect(await bench.version(number)).toBe(first)
    await bench.tracker.close(number)
    const closed = await bench.version(number)
    expect(await bench.tracker.close(number)).toBe('written')
    expect(await bench.version(number)).toBe(closed)
  })

  test('our own close is told from a person’s', async () => {
    const [ours, theirs] = [await bench.make({}), await bench.make({})]
    await bench.tracker.close(ours)
    await bench.closeByHand(theirs)
    const who = async (number: number) => (await bench.tracker.read(number))?.closedBy?.who
    expect(await who(ours)).not.toBe(await who(theirs))
    await bench.tracker.close(theirs)
    expect(await who(ours)).not.toBe(await who(theirs))
  })

  test('a close with a commit behind it names the commit', async () => {
    const number = await bench.make({})
    const close = { who: 'kim', commit: 'c'.repeat(40) }
    await bench.closeByCommit(number, close)
    expect(await bench.tracker.read(number)).toMatchObject({ isOpen: false, closedBy: close })
  })

  test('a close by hand has no commit behind it, also where we had closed it before', async () => {
    const number = await bench.make({ labels: ['ready'] })
    await bench.tracker.close(number)
    const ours = (await bench.tracker.read(number))?.closedBy?.who
    await bench.reopenByHand(number)
    await bench.tracker.label(number, { add: ['taken'], remove: ['ready'] })
    await bench.closeByHand(number)
    const closedBy = (await bench.tracker.read(number))?.closedBy
    expect(closedBy).toMatchObject({ commit: null })
    expect(closedBy?.who).not.toBe(ours)
  })

  test('an issue that is no more is neither closed nor opened', async () => {
    const number = await bench.make({})
    await bench.remove(number)
    expect(await bench.tracker.close(number)).toBe('gone')
    expect(await bench.tracker.reopen(number)).toBe('gone')
    expect(await bench.tracker.read(number)).toBeNull()
  })
}
