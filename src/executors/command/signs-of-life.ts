/**
 * When something of a turn was last seen to move: its output, or a file of its worktree.
 *
 * Its output is cheap to look at. A worktree is not, and even so the answer is a lower bound: its own
 * entries and git's, and so many files below as one look affords. An instant in the future is no sign;
 * anybody can write one.
 */
import { type Dirent, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** 0: nothing. */
export function outputTrace(records: string, now: number): number {
  return Math.max(...RECORDS.map((name) => changedAt(join(records, name), now)))
}

/** 0: nothing. */
export function worktreeTrace(worktree: string, now: number): number {
  const git = gitFolder(worktree)
  const inGit = git === null ? [] : GIT_FILES.map((name) => changedAt(join(git, name), now))
  return Math.max(0, ...inGit, changedAt(worktree, now), newestBelow(worktree, now))
}

const RECORDS = ['stdout', 'stderr'].flatMap((stream) =>
  ['head', 'tail'].map((part) => `${stream}.${part}`),
)
const GIT_FILES = ['index', 'HEAD', 'logs/HEAD', 'COMMIT_EDITMSG']
const DEPTH = 4
const ENTRIES = 1500

function newestBelow(worktree: string, now: number): number {
  let newest = 0
  let left = ENTRIES
  let level = [worktree]
  for (let depth = 0; depth < DEPTH && left > 0; depth++) {
    const next: string[] = []
    for (const folder of level) {
      for (const entry of entriesOf(folder)) {
        if (left-- <= 0) return newest
        const path = join(folder, entry.name)
        newest = Math.max(newest, changedAt(path, now))
        if (entry.isDirectory() && !SKIPPED.has(entry.name)) next.push(path)
      }
    }
    level = next
  }
  return newest
}

const SKIPPED = new Set(['.git', 'node_modules', 'target', 'vendor', '.venv'])

/** A worktree's `.git` is a file that names the folder. */
function gitFolder(worktree: string): string | null {
  try {
    const [, path] = /^gitdir: (.+)$/m.exec(readFileSync(join(worktree, '.git'), 'utf8')) ?? []
    return path === undefined ? null : resolve(worktree, path)
  } catch {
    return null
  }
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** 0: it is not there. */
function changedAt(path: string, now: number): number {
  try {
    const at = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0
    return at <= now ? Math.floor(at) : 0
  } catch {
    return 0
  }
}
