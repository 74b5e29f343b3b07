/**
 * One of two who have the same issue, for tests that set them upon each other or kill one:
 * `node issue-child.ts <folder> afk` writes as AFK until it is killed, and says `ready` first;
 * `node issue-child.ts <folder> rename|in-place|append <saves>` saves as an editor does, and fails by
 * name if a save is lost.
 */
import { appendFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { TrackerError } from '../src/trackers/tracker-error.ts'
import { filesTracker } from '../src/trackers/files/tracker.ts'

const [folder = '', who = '', saves = '0'] = process.argv.slice(2)
const path = join(folder, '0001-an-issue.md')

/** In the moment of a write the name is missing. */
function look(): string {
  for (;;)
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    }
}

function save(text: string) {
  if (who === 'append') appendFileSync(path, text)
  else if (who === 'in-place') writeFileSync(path, look() + text)
  else {
    writeFileSync(`${path}~`, look() + text)
    renameSync(`${path}~`, path)
  }
}

if (who === 'afk') {
  const tracker = filesTracker({ folder, owner: 'kim' })
  process.stdout.write('ready\n')
  for (let turn = 0; ; turn++) {
    const [label, other] = turn % 2 === 0 ? (['odd', 'even'] as const) : (['even', 'odd'] as const)
    try {
      await tracker.label(1, { add: [label], remove: [other] })
    } catch (error) {
      // Empty for now, because the other is saving.
      if (!(error instanceof TrackerError) || error.code !== 'malformed') throw error
    }
  }
} else
  for (let index = 0; index < Number(saves); index++) {
    const line = `saved ${index}.\n`
    save(line)
    for (let looks = 0; looks < 20; looks++)
      if (!look().includes(line)) throw new Error(`save ${index} is lost`)
  }
