/** What a doctor may expect of a tracker. */
import { beforeEach, expect } from 'vitest'

import type { Declare } from '../deviations.ts'
import type { TrackerBench } from '../tracker.contract.ts'

const labels = { ready: 'ready', inProgress: 'at-it', human: 'human' }

export function checkContract(
  open: () => TrackerBench | Promise<TrackerBench>,
  test: Declare,
): void {
  let bench: TrackerBench
  beforeEach(async () => {
    bench = await open()
  })

  test('issues that can be asked for have nothing bad, are counted, and stay as they are', async () => {
    await bench.make({ labels: ['other'] })
    const number = await bench.make({ labels: ['ready'] })
    const before = await bench.version(number)
    const findings = await bench.tracker.check(labels)
    expect(findings.filter(({ type }) => type === 'bad')).toEqual([])
    expect(findings).toContainEqual({ type: 'good', what: '1 issue is labelled ready' })
    expect(await bench.version(number)).toBe(before)
  })

  test('issues that cannot be asked for are a bad finding, and nothing is thrown', async () => {
    expect(await bench.lost.check(labels)).toEqual([
      { type: 'bad', what: expect.stringMatching(/./), mend: expect.stringMatching(/./) },
    ])
  })
}
