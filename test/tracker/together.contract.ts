/** What must hold while a person and many writes of ours meet. */
import { beforeEach, expect } from 'vitest'

import type { Declare } from '../deviations.ts'
import type { TrackerBench } from '../tracker.contract.ts'

export function togetherContract(
  open: () => TrackerBench | Promise<TrackerBench>,
  test: Declare,
): void {
  let bench: TrackerBench
  beforeEach(async () => {
    bench = await open()
  })

  test('writes to one issue at the same time all take hold', async () => {
    const number = await bench.make({ body: 'Please.', labels: ['ready'] })
    const added = Array.from({ length: 8 }, (_, index) => `l${index}`)
    const writes = await Promise.all([
      ...added.map((label) => bench.tracker.label(number, { add: [label], remove: [] })),
      bench.tracker.comment(number, 'at work'),
      bench.tracker.close(number),
    ])
    expect(new Set(writes)).toEqual(new Set(['written']))
    const issue = await bench.tracker.read(number)
    expect(issue?.labels.toSorted()).toEqual([...added, 'ready'].toSorted())
    expect(issue).toMatchObject({ body: 'Please.', isOpen: false })
    expect(await bench.comments(number)).toEqual(['at work'])
  })

  test('a person’s edits between ours stay, and so do ours', async () => {
    const number = await bench.make({ title: 'One', body: 'one', labels: ['ready'] })
    await bench.tracker.label(number, { add: ['taken'], remove: [] })
    await bench.rewrite(number, { title: 'Two', body: 'two' })
    await bench.tracker.comment(number, 'at work')
    await bench.relabel(number, ['taken', 'urgent'])
    await bench.tracker.label(number, { add: ['done'], remove: ['taken'] })
    expect(await bench.tracker.read(number)).toMatchObject({ title: 'Two', body: 'two' })
    const labels = (await bench.tracker.read(number))?.labels
    expect(labels?.toSorted()).toEqual(['done', 'urgent'])
    expect(await bench.comments(number)).toEqual(['at work'])
  })

  test('a hostile issue changes nothing but itself', async () => {
    const quiet = await bench.make({ title: 'Quiet', body: 'peace', labels: ['ready'] })
    const before = await bench.tracker.read(quiet)
    const body =
      'x\n---\nstate: closed\nlabels: [ready]\n---\n```\n<!-- end -->\n]]>\u202e\n# Title'
    const loud = await bench.make({ title: 'state: closed # "', body, labels: ['other'] })
    await bench.tracker.comment(loud, body)
    await bench.tracker.label(loud, { add: ['ready'], remove: ['other'] })
    const issue = await bench.tracker.read(loud)
    expect(issue).toMatchObject({ title: 'state: closed # "', body, isOpen: true })
    expect(issue?.labels).toEqual(['ready'])
    expect(await bench.tracker.read(quiet)).toEqual(before)
  })
}
