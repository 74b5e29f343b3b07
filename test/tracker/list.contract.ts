/** What a tracker must tell of its open issues. */
import { beforeEach, expect } from 'vitest'

import type { Declare } from '../deviations.ts'
import type { TrackerBench } from '../tracker.contract.ts'

export function listContract(
  open: () => TrackerBench | Promise<TrackerBench>,
  test: Declare,
): void {
  let bench: TrackerBench
  beforeEach(async () => {
    bench = await open()
  })

  const listed = async (...labels: string[]) =>
    (await bench.tracker.list(labels)).issues.map(({ number }) => number).toSorted((a, b) => a - b)

  test('a tracker without issues lists none, and no fault', async () => {
    expect(await bench.tracker.list(['ready'])).toEqual({ issues: [], faults: [] })
  })

  test('open issues with one of the labels are listed, each once', async () => {
    const ready = await bench.make({ labels: ['ready'] })
    const both = await bench.make({ labels: ['other', 'taken', 'ready'] })
    const taken = await bench.make({ labels: ['taken'] })
    await bench.make({ labels: ['other'] })
    await bench.make({ labels: [] })
    expect(await listed('ready')).toEqual([ready, both])
    expect(await listed('ready', 'taken')).toEqual([ready, both, taken])
    expect(await listed('nobody')).toEqual([])
    expect(await listed()).toEqual([])
  })

  test('a label is the whole word', async () => {
    await bench.make({ labels: ['ready-for-human'] })
    expect(await listed('ready')).toEqual([])
  })

  test('a closed issue is not listed, and is again once it is open', async () => {
    const number = await bench.make({ labels: ['ready'] })
    await bench.closeByHand(number)
    expect(await listed('ready')).toEqual([])
    await bench.reopenByHand(number)
    expect(await listed('ready')).toEqual([number])
  })

  test('a list says of an issue what reading it says', async () => {
    const number = await bench.make({ title: 'So', body: 'much', labels: ['ready'], priority: 3 })
    const { issues } = await bench.tracker.list(['ready'])
    expect(issues).toEqual([await bench.tracker.read(number)])
  })

  test('each look sees what changed since the last', async () => {
    const number = await bench.make({ title: 'One', labels: ['ready'] })
    const titles = async () =>
      (await bench.tracker.list(['ready'])).issues.map(({ title }) => title)
    expect(await titles()).toEqual(['One'])
    await bench.rewrite(number, { title: 'Two' })
    expect(await titles()).toEqual(['Two'])
    await bench.relabel(number, ['taken'])
    expect(await titles()).toEqual([])
    await bench.relabel(number, ['ready'])
    expect(await titles()).toEqual(['Two'])
    await bench.remove(number)
    expect(await titles()).toEqual([])
  })

  test('a tracker that cannot be asked throws, and does not answer with none', async () => {
    await expect(bench.lost.list(['ready'])).rejects.toMatchObject({
      name: 'TrackerError',
      code: 'unreachable',
    })
  })
}
