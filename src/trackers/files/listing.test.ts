import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
} from 'node:fs'
import { describe, expect, test } from 'vitest'

import { issueFolder } from '../../../test/issue-folder.ts'
import { until } from '../../../test/until.ts'

const ready = '---\nlabels: [ready]\n---\n'
const numbers = (listing: { issues: ReadonlyArray<{ number: number }> }) =>
  listing.issues.map(({ number }) => number)

describe('a fault', () => {
  test.each([
    ['---\nlabels: [a\n---\n', '0001-x.md:3', /is not YAML: .*mend the front matter/],
    ['---\ntitle: x\nlabels: a, b\n---\n', '0001-x.md:3', /labels: \[ready-for-agent\]/],
    ['---\nlabels: [a, [b]]\n---\n', '0001-x.md:2', /labels that are no list/],
    ['---\nlabels: [a, ]\nstate: done\n---\n', '0001-x.md:3', /state: open or state: closed/],
    ['---\nstate:\n---\n', '0001-x.md:2', /state/],
    ['---\npriority: high\n---\n', '0001-x.md:2', /no whole number/],
    ['---\nblocked_by: [x]\n---\n', '0001-x.md:2', /blocked_by: \[3, 12\]/],
    ['---\nblocked_by: [0]\n---\n', '0001-x.md:2', /blocked_by/],
    ['---\nlabelled_by: [kim]\n---\n', '0001-x.md:2', /labelled_by that is no text/],
    ['---\nstate: closed\nclosed_by: { who: [x] }\n---\n', '0001-x.md:3', /who is no text/],
    ['---\nstate: open\nstate: closed\n---\n', '0001-x.md:3', /unique/],
    ['---\nlabels: *nobody\n---\n', '0001-x.md:2', /alias|labels/],
    ['---\n- a list\n---\n', '0001-x.md:2', /not one key and value a line/],
    ['---\n{ labels: [ready] }\n---\n', '0001-x.md:2', /not one key and value a line/],
    ['---\nlabels: [ready]\n...\nstate: closed\n---\n', '0001-x.md:3', /two documents/],
    ['---\nlabels: [ready]\n', '0001-x.md:1', /never ends it: add a line of ---/],
    ['---', '0001-x.md:1', /never ends it/],
    ['', '0001-x.md', /is empty: an editor may be writing it/],
    [' \r\n\0\0', '0001-x.md', /is empty/],
    [`---\nx: ${'y'.repeat(70_000)}\n---\n`, '0001-x.md', /64 KiB/],
    [`---\nx: ${'['.repeat(60_000)}\n---\n`, '0001-x.md:2', /not YAML|cannot be parsed/],
    [Buffer.from([0x2d, 0xff, 0xfe]), '0001-x.md', /not UTF-8/],
  ])('number %# has its place and what to do', async (content, where, what) => {
    const issues = issueFolder()
    issues.write('0001-x.md', content)
    issues.write('0002-y.md', ready)
    const listing = await issues.tracker.list(['ready'])
    expect(numbers(listing)).toEqual([2])
    expect(listing.faults).toEqual([{ where, what: expect.stringMatching(what) }])
    const malformed = {
      name: 'FileFault',
      code: 'malformed',
      message: expect.stringContaining(where),
    }
    await expect(issues.tracker.read(1)).rejects.toMatchObject(malformed)
    await expect(issues.tracker.close(1)).rejects.toMatchObject(malformed)
    expect(readFileSync(issues.path('0001-x.md'))).toEqual(Buffer.from(content))
  })

  test('is each of the files that have one number, and none of them is an issue', async () => {
    const issues = issueFolder()
    for (const name of ['0001-a.md', '1-b.md', '00001.md', '0002-c.md', '0012-d.md'])
      issues.write(name, ready)
    const listing = await issues.tracker.list(['ready'])
    expect(numbers(listing)).toEqual([2, 12])
    expect(listing.faults.map(({ where }) => where)).toEqual(['00001.md', '0001-a.md', '1-b.md'])
    for (const { what } of listing.faults) expect(what).toMatch(/has the number of \S+: give one/)
    for (const { where, what } of listing.faults) expect(what).not.toContain(where)
    await expect(issues.tracker.read(1)).rejects.toMatchObject({ code: 'malformed' })
    const change = { add: ['x'], remove: [] }
    await expect(issues.tracker.label(1, change)).rejects.toMatchObject({ code: 'malformed' })
  })

  test('is a number that is none', async () => {
    const issues = issueFolder()
    for (const name of ['0000-zero.md', `${'9'.repeat(20)}-huge.md`]) issues.write(name, ready)
    const { issues: found, faults } = await issues.tracker.list(['ready'])
    expect(found).toEqual([])
    expect(faults).toMatchObject(
      [{ what: /number 0/ }, { what: /too large/ }].map(({ what }) => ({
        what: expect.stringMatching(what),
      })),
    )
    expect(await issues.tracker.read(0)).toBeNull()
    expect(await issues.tracker.read(2)).toBeNull()
  })

  test('is whatever is no file, and nothing behind it is read', async () => {
    const outside = issueFolder()
    outside.write('secret.md', '---\nlabels: [ready]\ntitle: secret\n---\n')
    const issues = issueFolder()
    symlinkSync(outside.path('secret.md'), issues.path('0001-out.md'))
    symlinkSync('nowhere.md', issues.path('0002-broken.md'))
    issues.write('0004-in.md', ready)
    symlinkSync('0004-in.md', issues.path('0003-inside.md'))
    mkdirSync(issues.path('0005-folder.md'))
    execFileSync('mkfifo', [issues.path('0006-pipe.md')])
    symlinkSync(outside.folder, issues.path('0007-folder.md'))
    const listing = await issues.tracker.list(['ready'])
    expect(numbers(listing)).toEqual([4])
    expect(JSON.stringify(listing)).not.toContain('secret')
    const [one, two, three, five, six, seven] = listing.faults.map(({ what }) => what)
    for (const what of [one, two, three, seven]) expect(what).toMatch(/is a link/)
    for (const what of [five, six]) expect(what).toMatch(/is no file/)
    for (const number of [1, 2, 3, 5, 6, 7]) {
      await expect(issues.tracker.read(number)).rejects.toMatchObject({ code: 'malformed' })
      await expect(issues.tracker.close(number)).rejects.toMatchObject({ code: 'malformed' })
    }
    expect(outside.text('secret.md')).not.toContain('state')
  })

  test('is a file over 1 MiB, which is not read', async () => {
    const issues = issueFolder()
    issues.write('0001-large.md', ready)
    truncateSync(issues.path('0001-large.md'), 1024 * 1024 + 1)
    issues.write('0002-full.md', ready.padEnd(1024 * 1024, 'x'))
    const listing = await issues.tracker.list(['ready'])
    expect(numbers(listing)).toEqual([2])
    expect(listing.faults).toMatchObject([{ what: expect.stringContaining('1 MiB') }])
  })

  test.skipIf(process.getuid?.() === 0)(
    'is a file that may not be read (skipped: root may)',
    async () => {
      const issues = issueFolder()
      issues.write('0001-x.md', ready)
      chmodSync(issues.path('0001-x.md'), 0)
      const { faults } = await issues.tracker.list(['ready'])
      expect(faults).toMatchObject([{ what: expect.stringContaining('mend its rights') }])
    },
  )

  test('in a file’s name cannot drive a terminal', async () => {
    const issues = issueFolder()
    issues.write('0001-\u001b[31m\u202e\n.md', '')
    const [fault] = (await issues.tracker.list([])).faults
    expect(fault?.where).toBe('0001-\ufffd[31m\ufffd\ufffd.md')
  })

  test('is gone once the file is mended', async () => {
    const issues = issueFolder()
    issues.write('0001-x.md', '')
    expect((await issues.tracker.list(['ready'])).faults).toHaveLength(1)
    issues.write('0001-x.md', ready)
    expect(await issues.tracker.list(['ready'])).toMatchObject({
      faults: [],
      issues: [{ number: 1 }],
    })
  })
})

test('what is not named as an issue is left alone', async () => {
  const issues = issueFolder()
  for (const name of [
    'README.md',
    'x-0001.md',
    '0001-x.md~',
    '.0001-x.md.swp',
    '4913',
    '0001-x.txt',
  ])
    issues.write(name, ready)
  expect(await issues.tracker.list(['ready'])).toEqual({ issues: [], faults: [] })
  expect(await issues.tracker.read(1)).toBeNull()
})

test('a folder that is no more is unreachable, and an issue in it is not gone', async () => {
  const issues = issueFolder()
  issues.write('0001-x.md', ready)
  await issues.tracker.list(['ready'])
  const unreachable = { code: 'unreachable', message: expect.stringContaining('make it, or name') }
  rmSync(issues.folder, { recursive: true })
  await expect(issues.tracker.list(['ready'])).rejects.toMatchObject(unreachable)
  await expect(issues.tracker.read(1)).rejects.toMatchObject(unreachable)
  await expect(issues.tracker.comment(1, 'x')).rejects.toMatchObject(unreachable)
  mkdirSync(issues.folder)
})

describe('a listing of 10,000 files', () => {
  const many = () => {
    const issues = issueFolder()
    const text = (number: number) =>
      `---\nlabels: [${number % 100 ? 'later' : 'ready'}]\n---\n# ${number}\n`
    for (let number = 1; number <= 10_000; number++)
      issues.write(`${String(number).padStart(5, '0')}-issue.md`, text(number))
    return issues
  }

  test('takes well under a second on repeat, and reads again only what changed', async () => {
    const issues = many()
    const last = issues.path('10000-issue.md')
    await until('the disk’s clock has moved on', () => Date.now() - statSync(last).ctimeMs > 2_100)
    const first = await issues.tracker.list(['ready'])
    const before = performance.now()
    const again = await issues.tracker.list(['ready'])
    expect(performance.now() - before).toBeLessThan(1_000)
    expect(again).toEqual(first)
    expect(again.issues).toHaveLength(100)
    // What was not read again is the same object.
    for (const [index, { labels }] of first.issues.entries())
      expect(again.issues[index]?.labels).toBe(labels)

    const [size, mtime] = [statSync(last).size, statSync(last).mtimeMs]
    issues.write('10000-issue.md', '---\nlabels: [READY]\n---\n# 10000\n')
    utimesSync(last, mtime / 1_000, mtime / 1_000)
    expect(statSync(last).size).toBe(size)
    expect(numbers(await issues.tracker.list(['ready']))).not.toContain(10_000)
    expect(numbers(await issues.tracker.list(['READY']))).toEqual([10_000])
  })
})
