/** A file's text as an issue. */
import type { TrackedIssue } from '../tracker.ts'
import { bodyOf } from './comment.ts'
import { digestOf, seal } from '../digest.ts'
import { FileFault } from './file-fault.ts'
import { issueNumber, wordsOf } from './file-name.ts'
import { type FrontMatter, frontMatter } from './front-matter.ts'
import { type Layout, layoutOf } from './layout.ts'
import { titleOf } from './title.ts'

export type IssueFile = {
  readonly name: string
  readonly text: string
  readonly layout: Layout
  readonly front: FrontMatter
  readonly title: string
  readonly body: string
}

/** @throws {FileFault} */
export function issueFile(name: string, text: string): IssueFile {
  const layout = layoutOf(name, text)
  const front = frontMatter({ name, text, layout })
  const body = bodyOf(text.slice(layout.fenced.to), seal)
  const title = titleOf({ title: front.title, body, words: wordsOf(name) })
  return { name, text, layout, front, title, body }
}

/** To the byte: a text that is not UTF-8 is a fault, and a byte order mark stays. @throws {FileFault} */
export function decoded(name: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    throw new FileFault({ name }, 'is not UTF-8: save it as UTF-8', { cause: error })
  }
}

export function trackedIssue({ name, front, title, body }: IssueFile, owner: string): TrackedIssue {
  const { priority, blockedBy, isOpen, labelledBy, closedBy } = front
  return {
    number: issueNumber(name) ?? 0,
    title,
    body,
    url: null,
    labels: labelsIn(front),
    priority,
    blockedBy,
    isOpen,
    readyBy: labelledBy,
    isTrusted: labelledBy === null || labelledBy === owner,
    isEdited: false,
    // Whoever can write to the folder can write to each of its files.
    isAuthorTrusted: true,
    digest: digestOf({ title, body }),
    closedBy: isOpen ? null : closedBy,
  }
}

export const labelsIn = ({ labels }: FrontMatter): readonly string[] => [
  ...new Set(labels.items.map(({ label }) => label)),
]
