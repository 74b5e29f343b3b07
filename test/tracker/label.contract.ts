/** What a tracker must do with labels. */
import { beforeEach, expect } from 'vitest'

import type { Declare } from '../deviations.ts'
import type { TrackerBench } from '../tracker.contract.ts'

export function labelContract(
  open: () => TrackerBench | Promise<TrackerBench>,
  test: Declare,
): void {
  let bench: TrackerBench
  beforeEach(async () => {
    bench = await open()
  })

  const labels = async (number: number) => (await bench.tracker.read(number))?.labels

  test('labels are added and removed in one change, and the others stay', async () => {
    const number = await bench.make({ labels: ['ready', 'bug'] })
    const change = { add: ['taken'], remove: ['ready'] }
    expect(await bench.tracker.label(number, change)).toBe('written')
    expect((await labels(number))?.toSorted()).toEqual(['bug', 'taken'])
  })

  test('an issue without labels gets one', async () => {
    const number = await bench.make({ labels: [] })
    expect(await bench.tracker.label(number, { add: ['taken'], remove: [] })).toBe('written')
    expect(await labels(number)).toEqual(['taken'])
  })

  test('the last label may go', async () => {
    const number = await bench.make({ labels: ['ready'] })
    expect(await bench.tracker.label(number, { add: [], remove: ['ready'] })).toBe('written')
    expect(await labels(number)).toEqual([])
  })

  test('what is so already is written once', async () => {
    const number = await bench.make({ labels: ['bug'] })
    const change = { add: ['taken', 'taken'], remove: ['ready'] }
    await bench.tracker.label(number, change)
    const version = await bench.version(number)
    expect(await bench.tracker.label(number, change)).toBe('written')
    expect(await bench.tracker.label(number, { add: [], remove: [] })).toBe('written')
    expect(await bench.version(number)).toBe(version)
    expect((await labels(number))?.toSorted()).toEqual(['bug', 'taken'])
  })

  test('a label of any spelling comes back as it was given', async () => {
    const number = await bench.make({ labels: [] })
    const odd = ['good first issue', 'type: bug', 'p/1', '#1', '2', 'true', "it's", 'ü 😀']
    await bench.tracker.label(number, { add: odd, remove: [] })
    expect((await labels(number))?.toSorted()).toEqual(odd.toSorted())
    await bench.tracker.label(number, { add: [], remove: odd })
    expect(await labels(number)).toEqual([])
  })

  test('a label on an issue that is no more is gone', async () => {
    const number = await bench.make({})
    await bench.remove(number)
    expect(await bench.tracker.label(number, { add: ['taken'], remove: [] })).toBe('gone')
    expect(await bench.tracker.read(number)).toBeNull()
  })
}
