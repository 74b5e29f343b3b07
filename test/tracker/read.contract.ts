/** What a tracker must tell of one issue. */
import { beforeEach, expect } from 'vitest'

import type { Declare } from '../deviations.ts'
import type { TrackerBench } from '../tracker.contract.ts'

export function readContract(
  open: () => TrackerBench | Promise<TrackerBench>,
  test: Declare,
): void {
  let bench: TrackerBench
  beforeEach(async () => {
    bench = await open()
  })

  const read = async (number: number) => (await bench.tracker.read(number))!

  test('an issue comes back as it was written', async () => {
    const blocker = await bench.make({ title: 'First' })
    const issue = { title: 'Fix it', body: 'It is\n\n- broken\n- 😀', labels: ['ready', 'a b'] }
    const number = await bench.make({ ...issue, priority: 2, blockedBy: [blocker] })
    expect(await read(number)).toMatchObject({ ...issue, number, priority: 2, isOpen: true })
    expect(await read(number)).toMatchObject({ blockedBy: [blocker], closedBy: null })
  })

  test('an issue of which nothing more was said has no priority and no blockers', async () => {
    const number = await bench.make({ title: 'Bare' })
    expect(await read(number)).toMatchObject({
      priority: null,
      blockedBy: [],
      labels: [],
      body: '',
    })
  })

  test('there is no issue of a number that nobody made', async () => {
    for (const number of [1, 4_711, 0, -1]) expect(await bench.tracker.read(number)).toBeNull()
  })

  test('an issue that was removed is no more', async () => {
    const number = await bench.make({ labels: ['ready'] })
    await bench.remove(number)
    expect(await bench.tracker.read(number)).toBeNull()
  })

  test('the digest changes with the title and the body, and with nothing else', async () => {
    const number = await bench.make({ title: 'One', body: 'two', labels: ['ready'] })
    const { digest } = await read(number)
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
    await bench.relabel(number, ['taken'])
    await bench.tracker.label(number, { add: ['more'], remove: ['taken'] })
    await bench.tracker.comment(number, 'at work')
    await bench.tracker.close(number)
    await bench.tracker.reopen(number)
    expect((await read(number)).digest).toBe(digest)
    await bench.rewrite(number, { title: 'Two' })
    const retitled = (await read(number)).digest
    await bench.rewrite(number, { title: 'One', body: 'two!' })
    const rewritten = (await read(number)).digest
    expect(new Set([digest, retitled, rewritten]).size).toBe(3)
    await bench.rewrite(number, { title: 'One', body: 'two' })
    expect((await read(number)).digest).toBe(digest)
  })

  test('what moves from the title to the body is another digest', async () => {
    const [one, other] = [
      { title: 'a b', body: 'c' },
      { title: 'a', body: 'b c' },
    ]
    const digests = [await bench.make(one), await bench.make(other)].map(async (number) => {
      return (await read(number)).digest
    })
    expect(new Set(await Promise.all(digests)).size).toBe(2)
  })

  test('who may not write is not trusted, whatever they labelled', async () => {
    const trusted = await bench.make({ labels: ['ready'] })
    const stranger = await bench.make({ labels: ['ready'], by: 'mallory' })
    expect(await read(trusted)).toMatchObject({ isTrusted: true })
    expect(await read(stranger)).toMatchObject({ isTrusted: false, readyBy: 'mallory' })
  })

  test('a tracker that cannot be asked throws, and does not say that the issue is gone', async () => {
    const unreachable = { name: 'TrackerError', code: 'unreachable' }
    await expect(bench.lost.read(1)).rejects.toMatchObject(unreachable)
    await expect(bench.lost.close(1)).rejects.toMatchObject(unreachable)
    await expect(bench.lost.comment(1, 'x')).rejects.toMatchObject(unreachable)
  })
}
