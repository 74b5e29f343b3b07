/** What a tracker must do with the one comment that is ours. */
import { beforeEach, expect } from 'vitest'

import type { Declare } from '../deviations.ts'
import type { TrackerBench } from '../tracker.contract.ts'

export function commentContract(
  open: () => TrackerBench | Promise<TrackerBench>,
  test: Declare,
): void {
  let bench: TrackerBench
  beforeEach(async () => {
    bench = await open()
  })

  test('a comment is made once and then edited in place', async () => {
    const number = await bench.make({ body: 'Please.' })
    expect(await bench.tracker.comment(number, 'at work\n\n- [ ] green')).toBe('written')
    expect(await bench.comments(number)).toEqual(['at work\n\n- [ ] green'])
    expect(await bench.tracker.comment(number, '- [x] green')).toBe('written')
    expect(await bench.comments(number)).toEqual(['- [x] green'])
  })

  test('the same comment again writes nothing', async () => {
    const number = await bench.make({ body: 'Please.' })
    await bench.tracker.comment(number, 'at work')
    const version = await bench.version(number)
    expect(await bench.tracker.comment(number, 'at work')).toBe('written')
    expect(await bench.version(number)).toBe(version)
  })

  test('a comment is no part of the body', async () => {
    const number = await bench.make({ body: 'Please.\n\nSoon.' })
    await bench.tracker.comment(number, 'at work')
    expect((await bench.tracker.read(number))?.body).toBe('Please.\n\nSoon.')
  })

  test('an edited body keeps the comment, and an edited comment the body', async () => {
    const number = await bench.make({ body: 'One' })
    await bench.tracker.comment(number, 'first')
    await bench.rewrite(number, { body: 'Two' })
    expect(await bench.comments(number)).toEqual(['first'])
    await bench.tracker.comment(number, 'second')
    expect((await bench.tracker.read(number))?.body).toBe('Two')
    expect(await bench.comments(number)).toEqual(['second'])
  })

  test('a closed issue takes a comment and stays closed', async () => {
    const number = await bench.make({})
    await bench.tracker.close(number)
    expect(await bench.tracker.comment(number, 'landed')).toBe('written')
    expect(await bench.tracker.read(number)).toMatchObject({ isOpen: false })
  })

  test('a comment on an issue that is no more is gone', async () => {
    const number = await bench.make({})
    await bench.remove(number)
    expect(await bench.tracker.comment(number, 'at work')).toBe('gone')
    expect(await bench.tracker.read(number)).toBeNull()
  })
}
