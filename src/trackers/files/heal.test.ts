import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'

import { issueFolder } from '../../../test/issue-folder.ts'
import { until } from '../../../test/until.ts'
import { sha256 } from '../digest.ts'
import { roomName } from './room.ts'

const name = '0001-an-issue.md'
const before = '---\nlabels: [ready]\nstate: open\n---\nThe body.\n'
const minuteAgo = () => Date.now() - 61_000

/** What a write that was killed leaves: when, and what was where. */
function killed({
  at = Date.now(),
  ...left
}: {
  at?: number
  fresh?: string
  aside?: string
  there?: string
}) {
  const issues = issueFolder()
  const room = roomName({ at, digest: sha256(before) }, '0123abcd')
  mkdirSync(issues.path(room))
  if (left.fresh !== undefined) issues.write(`${room}/new`, left.fresh)
  if (left.aside !== undefined) issues.write(`${room}/${name}`, left.aside)
  if (left.there !== undefined) issues.write(name, left.there)
  return { ...issues, room }
}

describe('a write that was killed', () => {
  test('after the file was moved aside has it back at the next look, whichever that is', async () => {
    for (const look of ['list', 'read', 'close'] as const) {
      const issues = killed({ fresh: 'ours', aside: before })
      if (look === 'list') expect((await issues.tracker.list(['ready'])).issues).toHaveLength(1)
      if (look === 'read') expect(await issues.tracker.read(1)).toMatchObject({ title: 'an issue' })
      if (look === 'close') expect(await issues.tracker.close(1)).toBe('written')
      expect(issues.text(name)).toContain('The body.')
    }
  })

  test('while a person wrote into the file has what they wrote back', async () => {
    const issues = killed({ at: minuteAgo(), fresh: 'ours', aside: `${before}theirs` })
    await issues.tracker.list([])
    expect(issues.text(name)).toBe(`${before}theirs`)
    const alone = killed({ at: minuteAgo(), aside: `${before}theirs` })
    await alone.tracker.list([])
    expect(alone.text(name)).toBe(`${before}theirs`)
  })

  test('with all in place is forgotten after a minute, not before', async () => {
    const left = { fresh: 'ours', aside: before, there: 'ours' }
    const [young, old] = [killed(left), killed({ ...left, at: minuteAgo() })]
    for (const issues of [young, old])
      expect(await issues.tracker.list([])).toMatchObject({ faults: [] })
    expect(young.names()).toEqual([young.room, name])
    expect(old.names()).toEqual([name])
  })

  test('before anything was moved leaves nothing after a minute', async () => {
    for (const left of [{}, { fresh: 'half' }]) {
      const issues = killed({ ...left, at: minuteAgo(), there: before })
      await issues.tracker.list([])
      expect(issues.names()).toEqual([name])
      expect(issues.text(name)).toBe(before)
    }
  })

  test('and whose file a person then deleted does not bring it back', async () => {
    const issues = killed({ at: minuteAgo(), aside: before })
    expect(await issues.tracker.list(['ready'])).toEqual({ issues: [], faults: [] })
    expect(issues.names()).toEqual([])
  })

  test('never has what only a person wrote deleted', async () => {
    const left = { aside: `${before}late`, there: 'theirs too' }
    const issues = killed({ ...left, at: minuteAgo() })
    for (let look = 0; look < 2; look++) {
      const { faults } = await issues.tracker.list([])
      expect(faults).toMatchObject(
        [{ where: issues.room, what: /take from it/ }].map(({ where }) => ({
          where,
          what: expect.stringContaining('take from it'),
        })),
      )
    }
    expect(issues.text(`${issues.room}/${name}`)).toBe(`${before}late`)
    expect(issues.text(name)).toBe('theirs too')
  })
})

const child = join(import.meta.dirname, '../../../test/issue-child.ts')

async function afkIn(folder: string) {
  const process_ = spawn(process.execPath, [child, folder, 'afk'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(process_, 'exit')
  const kill = async () => {
    process_.kill('SIGKILL')
    await ended
  }
  onTestFinished(kill)
  await once(process_.stdout, 'data')
  return { kill, process: process_ }
}

/** Waits until the issue was seen to change so often. In the moment of a write its name is missing. */
async function written(issues: ReturnType<typeof issueFolder>, times: number) {
  const look = () => (existsSync(issues.path(name)) ? issues.names().join() + mtime() : '')
  const mtime = () => statSync(issues.path(name), { throwIfNoEntry: false })?.mtimeMs ?? 0
  let [last, changes] = [look(), 0]
  await until(`written ${times} times`, () => {
    const now = look()
    if (now !== last) changes += 1
    last = now
    return changes >= times
  })
}

describe('two processes', () => {
  test('one of which is killed at any instruction leave the issue whole', async () => {
    const issues = issueFolder()
    issues.write(name, before)
    for (let round = 0; round < 8; round++) {
      const afk = await afkIn(issues.folder)
      await written(issues, round + 1)
      await afk.kill()
      const issue = await issues.tracker.read(1)
      expect(issue).toMatchObject({ body: 'The body.', isOpen: true })
      expect(
        issue?.labels.filter((label) => label === 'odd' || label === 'even').length,
      ).toBeLessThan(2)
    }
    expect(readdirSync(issues.folder).filter((each) => each.endsWith('.md'))).toEqual([name])
  }, 60_000)

  test.each(['rename', 'in-place', 'append'])(
    'one of which saves as an editor does (%s) lose no save',
    async (way) => {
      const issues = issueFolder()
      issues.write(name, before)
      const afk = await afkIn(issues.folder)
      execFileSync(process.execPath, [child, issues.folder, way, '150'], { stdio: 'pipe' })
      await afk.kill()
      // Killed in the moment of a write, it left the name missing; a look puts it back.
      await issues.tracker.read(1)
      expect(issues.text(name)).toContain('saved 149.')
    },
    60_000,
  )
})
