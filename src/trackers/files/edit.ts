/**
 * Every change AFK makes to a file, as a change of its text.
 *
 * The same text back: it is so already. Only lines that must change do, and each change is read back: one
 * that says anything else than was meant, or touches a key that is not ours, is refused as a fault.
 */
import { isDeepStrictEqual } from 'node:util'

import type { LabelChange } from '../tracker.ts'
import { placeComment } from './comment.ts'
import { seal } from '../digest.ts'
import { FileFault } from './file-fault.ts'
import { type IssueFile, issueFile, labelsIn } from './issue-file.ts'
import { addLabel, removeLabel } from './labels.ts'
import { insertLine, isAdded, takeLines } from './layout.ts'
import { lineAt, splice } from './lines.ts'

export type Edit = (file: IssueFile) => string

/** A label that is to be added and removed stays. */
export function relabel(change: LabelChange): Edit {
  return (before) => {
    const has = labelsIn(before.front)
    const added = change.add.filter((label) => !has.includes(label))
    const removed = change.remove.filter(
      (label) => has.includes(label) && !change.add.includes(label),
    )
    if (added.length === 0 && removed.length === 0) return before.text
    let file = before
    for (const label of new Set(added)) file = reread(file, addLabel(file.text, place(file), label))
    for (const label of new Set(removed))
      while (labelsIn(file.front).includes(label))
        file = shrunk(file, removeLabel(file.text, place(file), label))
    file = withoutOldCloser(file)
    const labels = [...has, ...new Set(added)].filter((label) => !removed.includes(label))
    return checked(before, file, { labels })
  }

  function shrunk(file: IssueFile, text: string) {
    if (text === file.text) throw new FileFault(file, 'has labels that cannot be edited safely')
    return reread(file, text)
  }
}

export function comment(body: string): Edit {
  return (before) => {
    const { text, layout } = before
    const start = layout.fenced.to
    const { eol } = layout
    const rest = placeComment(text.slice(start), { comment: body, eol, seal })
    if (rest === text.slice(start)) return text
    const gap = start === text.length && start > 0 && !text.endsWith('\n') ? eol : ''
    return checked(before, reread(before, text.slice(0, start) + gap + rest), {})
  }
}

export const close: Edit = (before) => {
  if (!before.front.isOpen) return before.text
  let file = withState(before, 'closed')
  const { closedByAt, indent } = file.front
  if (closedByAt !== null) file = reread(file, takeLines(file.text, file.layout, closedByAt))
  const line = `${indent}closed_by: { who: ${closer} }`
  file = reread(file, insertLine(file.text, file.layout, line))
  return checked(before, file, { isOpen: false, closedBy: { who: closer, commit: null } })
}

export const reopen: Edit = (before) => {
  if (before.front.isOpen) return before.text
  const file = withoutOldCloser(before)
  const { text, layout, front } = file
  const isOurs = front.stateAt !== null && isAdded(text, front.stateAt.from)
  if (!isOurs) return checked(before, withState(file, 'open'), { isOpen: true })
  const { from, next } = lineAt(text, front.stateAt.from)
  const without = takeLines(text, layout, { from, to: next })
  return checked(before, reread(file, without), { isOpen: true })
}

/** Who AFK says that it is. */
const closer = 'afk'

function withState(file: IssueFile, state: 'open' | 'closed'): IssueFile {
  const { text, layout, front } = file
  const { stateAt, indent } = front
  if (stateAt === null) return reread(file, insertLine(text, layout, `${indent}state: ${state}`))
  const quote = /["']/.exec(text[stateAt.from] ?? '')?.[0] ?? ''
  return reread(file, splice(text, stateAt, quote + state + quote))
}

/** Left on an issue that is open again, it would call the next close ours, which may be a person's. */
function withoutOldCloser(file: IssueFile): IssueFile {
  const { text, layout, front } = file
  const { closedByAt } = front
  if (closedByAt === null || !isAdded(text, closedByAt.from)) return file
  return reread(file, takeLines(text, layout, closedByAt))
}

const place = ({ name, layout, front }: IssueFile) => ({ name, layout, labels: front.labels })

const reread = ({ name }: IssueFile, text: string) => issueFile(name, text)

type Meant = {
  readonly labels?: readonly string[]
  readonly isOpen?: boolean
  readonly closedBy?: { readonly who: string; readonly commit: null }
}

function checked(before: IssueFile, after: IssueFile, meant: Meant): string {
  const closedBy = after.front.closedBy
  const isMeant = isDeepStrictEqual(said(after), { ...said(before), closedBy, ...meant })
  if (isMeant) return after.text
  const what = 'has front matter that cannot be edited safely: write one key and its value a line'
  throw new FileFault(after, what)
}

function said({ title, body, front }: IssueFile) {
  const { priority, blockedBy, isOpen, labelledBy, closedBy, others } = front
  const labels = labelsIn(front)
  return { title, body, priority, blockedBy, isOpen, labelledBy, closedBy, others, labels }
}
