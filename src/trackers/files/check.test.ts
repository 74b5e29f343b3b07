import { chmodSync, mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { issueFolder } from '../../../test/issue-folder.ts'

const labels = { ready: 'ready', inProgress: 'at-it', human: 'human' }
const issue = (front: string) => `---\n${front}\n---\n# Do it\n`

test('ready issues are counted, and files that are none are named with what to mend', async () => {
  const { folder, tracker, write } = issueFolder()
  write('0001-one.md', issue('labels: [ready]'))
  write('0002-two.md', issue('labels: [ready]\nlabelled_by: mallory'))
  write('0003-broken.md', '---\nlabels: [ready]\n# never ends\n')
  write('0004-a.md', issue('labels: [ready]'))
  write('0004-b.md', issue('labels: [ready]'))
  write('notes.txt', 'no issue')
  const findings = await tracker.check(labels)
  expect(findings.map(({ type, what }) => `${type} ${what}`)).toEqual([
    `good ${folder} can be read and written`,
    'unproven 1 issue is labelled ready, and #2 by somebody other than kim',
    expect.stringMatching(/^bad 0004-a\.md has the number of 0004-b\.md/),
    expect.stringMatching(/^bad 0004-b\.md has the number of 0004-a\.md/),
    expect.stringMatching(/^bad 0003-broken\.md/),
  ])
})

test('of many faulty files the first are named', async () => {
  const { tracker, write } = issueFolder()
  for (let number = 10; number < 25; number += 1) write(`00${number}-x.md`, '')
  const found = (await tracker.check(labels)).filter(({ type }) => type === 'bad')
  expect(found).toHaveLength(11)
  expect(found.at(-1)).toMatchObject({ what: '5 more files are no issues' })
})

test('what a crash left is not cleared up: nothing is written', async () => {
  const { folder, tracker, names } = issueFolder()
  const room = `.afk-1-${'a'.repeat(64)}-01234567`
  mkdirSync(join(folder, room))
  await tracker.check(labels)
  expect(names()).toEqual([room])
  // A listing does it: the room is one that it knows.
  await tracker.list(['ready'])
  expect(names()).toEqual([])
})

test('a folder that is not there is bad', async () => {
  const { folder } = issueFolder()
  const { tracker } = issueFolder({ folder: join(folder, 'nowhere') })
  expect(await tracker.check(labels)).toEqual([
    {
      type: 'bad',
      what: expect.stringContaining('nowhere (ENOENT)'),
      mend: 'correct tracker.path',
    },
  ])
  expect(readdirSync(folder)).toEqual([])
})

test.skipIf(process.getuid?.() === 0)('a folder that may not be written to is bad', async () => {
  const { folder, tracker } = issueFolder()
  chmodSync(folder, 0o500)
  expect(await tracker.check(labels)).toContainEqual({
    type: 'bad',
    what: `${folder} cannot be written to (EACCES)`,
    mend: 'mend its rights',
  })
})
