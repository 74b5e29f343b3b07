/** A folder of issues and a person who edits them, one way or another. */
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'

import { commentMarker } from '../src/trackers/files/comment.ts'
import { type FilesOptions, filesTracker } from '../src/trackers/files/tracker.ts'
import type { Disk } from '../src/trackers/files/replace.ts'
import { temporaryFolder } from './temporary.ts'
import type { NewIssue, TrackerBench } from './tracker.contract.ts'

const owner = 'kim'

export function issueFolder({ disk, ...more }: Partial<FilesOptions> & { disk?: Disk } = {}) {
  const folder = more.folder ?? temporaryFolder()
  const tracker = filesTracker({ folder, owner, ...more }, disk)
  const path = (name: string) => join(folder, name)
  return {
    folder,
    tracker,
    path,
    write: (name: string, content: string | Uint8Array) => writeFileSync(path(name), content),
    text: (name: string) => readFileSync(path(name), 'utf8'),
    names: () => readdirSync(folder).toSorted(),
  }
}

export function filesBench(): TrackerBench {
  const issues = issueFolder()
  const { tracker, folder, path } = issues
  let last = 0
  const nameOf = (number: number) =>
    issues.names().find((name) => name.startsWith(String(number).padStart(4, '0')))!
  const edit = (number: number, change: (text: string) => string) => {
    const name = nameOf(number)
    writeFileSync(path(`${name}~`), change(issues.text(name)))
    renameSync(path(`${name}~`), path(name))
  }
  const set = (number: number, key: string, value: unknown) =>
    edit(number, (text) => {
      const without = text.replace(new RegExp(`^${key}:.*\n`, 'm'), '')
      return without.replace('---\n', `---\n${key}: ${JSON.stringify(value)}\n`)
    })

  return {
    tracker,
    lost: filesTracker({ folder: path('nowhere'), owner }),
    async make(issue) {
      const number = ++last
      issues.write(`${String(number).padStart(4, '0')}-an-issue.md`, spelled(issue))
      return number
    },
    async rewrite(number, { title, body }) {
      if (title !== undefined) set(number, 'title', title)
      if (body === undefined) return
      edit(number, (text) => {
        const [, front, , comment = ''] =
          /^(---\n.*?\n---\n)(.*?)(\n<!-- afk: below.*)?$/s.exec(text) ?? []
        return `${front}\n${body}\n${comment}`
      })
    },
    relabel: async (number, labels) => set(number, 'labels', labels),
    closeByHand: async (number) => set(number, 'state', 'closed'),
    async closeByCommit(number, { who, commit }) {
      set(number, 'closed_by', { who, commit })
      set(number, 'state', 'closed')
    },
    reopenByHand: async (number) => set(number, 'state', 'open'),
    remove: async (number) => rmSync(path(nameOf(number))),
    comments: async (number) => commentsIn(issues.text(nameOf(number))),
    async version(number) {
      const { mtimeNs, ino } = statSync(join(folder, nameOf(number)), { bigint: true })
      return `${ino} ${mtimeNs}`
    },
  }
}

function spelled({ title, body = '', labels = [], priority, blockedBy, by }: NewIssue): string {
  const front = {
    title: title ?? 'An issue',
    labels,
    ...(priority !== undefined && { priority }),
    ...(blockedBy !== undefined && { blocked_by: blockedBy }),
    ...(by !== undefined && { labelled_by: by }),
  }
  const lines = Object.entries(front).map(([key, value]) =>
    stringify({ [key]: value }, { collectionStyle: 'flow', lineWidth: 0 }).replace(
      /^\{ (.*) \}\n$/,
      '$1\n',
    ),
  )
  return `---\n${lines.join('')}---\n\n${body}\n`
}

export function commentsIn(text: string): string[] {
  const [, ...parts] = text.split(`${commentMarker}\n`)
  return parts.map((part) => part.split('\n<!-- afk: above')[0]!)
}
