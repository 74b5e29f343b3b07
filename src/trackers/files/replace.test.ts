import {
  appendFileSync,
  chmodSync,
  closeSync,
  ftruncateSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { describe, expect, test } from 'vitest'

import { issueFolder } from '../../../test/issue-folder.ts'
import { diskWith, type Moment } from '../../../test/moments.ts'

const name = '0001-an-issue.md'
const before = '---\nlabels: [ready]\n---\nThe body.\n'
const theirs = '---\nlabels: [ready]\n---\nThe body, as a person wrote it meanwhile.\n'
const taken = { add: ['taken'], remove: [] }

function raced(moment: Moment, act: (path: string) => void, times = 1) {
  const path = { of: '' }
  const issues = issueFolder({ disk: diskWith(moment, () => act(path.of), times) })
  path.of = issues.path(name)
  issues.write(name, before)
  return issues
}

const saves: ReadonlyArray<readonly [string, (path: string, text: string) => void]> = [
  ['writes in place', (path, text) => writeFileSync(path, text)],
  [
    'writes another file and renames it',
    (path, text) => {
      writeFileSync(`${path}~`, text)
      renameSync(`${path}~`, path)
    },
  ],
  [
    'deletes and writes anew',
    (path, text) => {
      rmSync(path, { force: true })
      writeFileSync(path, text)
    },
  ],
]
const moments = ['before-move', 'before-link', 'after-link'] as const

describe.each(moments)('a person who saves (%s)', (moment) => {
  test.each(saves)('with an editor that %s loses nothing', async (_, save) => {
    const issues = raced(moment, (path) => save(path, theirs))
    expect(await issues.tracker.label(1, taken)).toBe('written')
    expect(issues.text(name)).toContain('as a person wrote it meanwhile')
    expect(issues.names()).toEqual([name])
  })

  test.each(saves)('again and again with an editor that %s is left alone', async (_, save) => {
    let [saved, times] = ['', 0]
    const issues = raced(moment, (path) => save(path, (saved = `${theirs}${times++}`)), 99)
    const outcome = await issues.tracker.label(1, taken)
    // What is saved under the name after it was replaced is simply the newest: ours was there before.
    expect(outcome).toBe(moment === 'after-link' ? 'written' : 'conflict')
    expect(issues.text(name)).toBe(saved)
    expect(issues.names()).toEqual([name])
  })

  test('with a file that is empty for now loses nothing', async () => {
    const issues = raced(moment, (path) => writeFileSync(path, ''), 99)
    const outcome = await issues.tracker.label(1, taken)
    expect(outcome).toBe(moment === 'after-link' ? 'written' : 'conflict')
    expect(issues.text(name)).toBe('')
    issues.write(name, theirs)
    expect(await issues.tracker.read(1)).toMatchObject({ isOpen: true })
    expect(issues.names()).toEqual([name])
  })

  test('by deleting the file has it deleted', async () => {
    const issues = raced(moment, (path) => rmSync(path, { force: true }))
    const outcome = await issues.tracker.label(1, taken)
    // In the moment between, there is no file to delete; the person is told so.
    expect(outcome).toBe(moment === 'before-move' ? 'gone' : 'written')
    expect(issues.names()).toEqual(moment === 'before-link' ? [name] : [])
  })

  test('under another name and the same number keeps that name', async () => {
    const issues = raced(moment, (path) => {
      try {
        renameSync(path, path.replace('an-issue', 'renamed'))
      } catch (error) {
        expect(error).toMatchObject({ code: 'ENOENT' })
      }
    })
    expect(await issues.tracker.label(1, taken)).toBe('written')
    const after = moment === 'before-link' ? name : '0001-renamed.md'
    expect(issues.names()).toEqual([after])
    expect(issues.text(after)).toContain('taken')
  })
})

describe('an editor that had the file open all along', () => {
  test.each(moments)('and empties it (%s) goes on writing into the issue', async (moment) => {
    const open = { handle: -1 }
    const issues = raced(moment, () => ftruncateSync(open.handle))
    open.handle = openSync(issues.path(name), 'r+')
    expect(await issues.tracker.label(1, taken)).toBe('conflict')
    expect(issues.text(name)).toBe('')
    writeSync(open.handle, theirs)
    closeSync(open.handle)
    expect(issues.text(name)).toBe(theirs)
    expect(issues.names()).toEqual([name])
  })

  test('and writes while its name is taken by another loses neither', async () => {
    const open = { handle: -1 }
    const issues = raced('after-link', (path) => {
      if (open.handle < 0) return
      appendFileSync(open.handle, 'late\n')
      closeSync(open.handle)
      open.handle = -1
      writeFileSync(`${path}~`, theirs)
      renameSync(`${path}~`, path)
    })
    open.handle = openSync(issues.path(name), 'a')
    expect(await issues.tracker.label(1, taken)).toBe('written')
    expect(issues.text(name)).toContain('as a person wrote it meanwhile')
    const { faults } = await issues.tracker.list([])
    expect(faults).toMatchObject([{ what: expect.stringContaining('while AFK wrote') }])
    const room = issues.names().find((each) => each.startsWith('.afk-'))!
    expect(issues.text(`${room}/${name}`)).toBe(`${before}late\n`)
    rmSync(issues.path(room), { recursive: true })
    expect(await issues.tracker.list([])).toMatchObject({ faults: [] })
  })
})

describe('a write', () => {
  test('keeps the mode and the owner of the file', async () => {
    const issues = issueFolder()
    issues.write(name, before)
    chmodSync(issues.path(name), 0o664)
    await issues.tracker.label(1, taken)
    expect(statSync(issues.path(name)).mode & 0o7777).toBe(0o664)
    expect(statSync(issues.path(name)).uid).toBe(process.getuid?.())
  })

  test('that the disk refuses half-way leaves the file, and says what to mend', async () => {
    for (const step of ['link', 'rename'] as const) {
      const refuse = () => {
        throw Object.assign(new Error('no'), { code: 'ENOSPC' })
      }
      const disk = { ...diskWith('before-move', () => undefined), [step]: refuse }
      const issues = issueFolder({ disk })
      issues.write(name, before)
      await expect(issues.tracker.label(1, taken)).rejects.toMatchObject({
        code: 'unreachable',
        message: expect.stringMatching(/ENOSPC.*make room/),
      })
      expect(issues.text(name)).toBe(before)
      expect(readdirSync(issues.folder)).toEqual([name])
    }
  })

  test('on a disk that then refuses everything is healed by the next look', async () => {
    let works = true
    const refuse = () => {
      works = false
      throw Object.assign(new Error('no'), { code: 'EIO' })
    }
    const real = diskWith('before-move', () => undefined)
    const rename = (from: string, to: string) => (works ? real.rename(from, to) : refuse())
    const issues = issueFolder({ disk: { ...real, rename, link: refuse } })
    issues.write(name, before)
    await expect(issues.tracker.label(1, taken)).rejects.toMatchObject({ code: 'unreachable' })
    expect(await issues.tracker.read(1)).toMatchObject({ labels: ['ready'] })
    expect(issues.text(name)).toBe(before)
  })

  test('that would make a file too large to read is refused', async () => {
    const issues = issueFolder()
    issues.write(name, before)
    const long = issues.tracker.comment(1, 'x'.repeat(1024 * 1024))
    await expect(long).rejects.toMatchObject({ code: 'malformed' })
    expect(issues.text(name)).toBe(before)
  })

  test('waits for an editor that has emptied the file and not written it yet', async () => {
    const issues = issueFolder()
    issues.write(name, before)
    truncateSync(issues.path(name))
    const written = issues.tracker.label(1, taken)
    await Promise.resolve()
    issues.write(name, theirs)
    expect(await written).toBe('written')
    expect(issues.text(name)).toContain('as a person wrote it meanwhile')
  })
})
