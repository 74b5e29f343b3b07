/** A disk on which a person acts at a named moment of a write: once each, and on the real file system. */
import { closeSync, fsyncSync, linkSync, openSync, renameSync } from 'node:fs'

import type { Disk } from '../src/trackers/files/replace.ts'

/** Before the file is moved aside, before the new one takes its name, and after that. */
export type Moment = 'before-move' | 'before-link' | 'after-link'

export function diskWith(moment: Moment, act: () => void, times = 1): Disk {
  let left = times
  const now = (here: Moment) => {
    if (here !== moment || left === 0) return
    left--
    act()
  }
  return {
    rename(from, to) {
      if (!from.includes('/.afk-')) now('before-move')
      renameSync(from, to)
    },
    link(from, to) {
      if (from.endsWith('/new')) now('before-link')
      linkSync(from, to)
    },
    sync(folder) {
      now('after-link')
      const handle = openSync(folder, 'r')
      fsyncSync(handle)
      closeSync(handle)
    },
  }
}
