/**
 * A folder of issues, one Markdown file each, as a tracker: `0007-fix-the-login.md` is issue 7.
 *
 * A person edits the same files with whatever they like, at any moment. Nothing of theirs is lost, an edit
 * changes only the lines it must, and where nothing is to change nothing is written. A file that cannot be
 * understood, or is only half written, is a fault and never an issue; a number that two files have is
 * nobody's.
 *
 * One AFK at a time may write to a folder: of two, one can lose a label of the other's.
 *
 * Trust: who can write to the folder can say anything, `labelled_by` included. An agent must not be able to
 * reach it; this tracker cannot tell. The digest shows that an issue was edited, not by whom.
 */
import type { Listing, TrackedIssue, Tracker, Written } from '../tracker.ts'
import { setTimeout as wait } from 'node:timers/promises'

import { checkFolder } from './check.ts'
import { close, comment, type Edit, relabel, reopen } from './edit.ts'
import { FileFault } from './file-fault.ts'
import { issueNumber } from './file-name.ts'
import { maxBytes, namesIn, readIssue } from './folder.ts'
import { heal } from './heal.ts'
import { inTurn } from '../../in-turn.ts'
import { decoded, issueFile, trackedIssue } from './issue-file.ts'
import { listing } from './listing.ts'
import { type Disk, replaceFile } from './replace.ts'

export type FilesOptions = {
  readonly folder: string
  /** Whose word `labelled_by` is trusted. */
  readonly owner: string
}

/**
 * @example
 * ```ts
 * const tracker = filesTracker({ folder: 'issues', owner: 'kim' })
 * const { issues, faults } = await tracker.list(['ready-for-agent'])
 * ```
 */
export function filesTracker({ folder, owner }: FilesOptions, disk?: Disk): Tracker {
  const turn = inTurn()
  const list = listing(owner)
  const write = (number: number, edit: Edit) => turn(() => written({ folder, number, edit, disk }))
  return {
    lagMs: 0,
    list: (labels) =>
      turn(async (): Promise<Listing> => {
        const { names, faults } = look(folder)
        return list({ folder, names, faults, labels })
      }),
    read: (number) => turn(async () => read({ folder, number, owner })),
    label: (number, change) => write(number, relabel(change)),
    comment: (number, body) => write(number, comment(body)),
    close: (number) => write(number, close),
    reopen: (number) => write(number, reopen),
    check: ({ ready }) => turn(() => checkFolder({ folder, owner, ready, list })),
  }
}

function look(folder: string) {
  const names = namesIn(folder)
  const { broughtBack, faults } = heal(folder, names)
  return { names: broughtBack > 0 ? namesIn(folder) : names, faults }
}

/** Null: no file has this number. @throws {FileFault} if more than one has. */
function nameOf(folder: string, number: number): string | null {
  const [name, other] = look(folder).names.filter((each) => isNumbered(each, number))
  if (name === undefined || other === undefined) return name ?? null
  throw new FileFault({ name }, `has the number of ${other}: give one of them another`)
}

const isNumbered = (name: string, number: number) =>
  number > 0 &&
  /^\d/.test(name) &&
  Number.parseInt(name, 10) === number &&
  issueNumber(name) === number

type Reading = { readonly folder: string; readonly number: number; readonly owner: string }

function read({ folder, number, owner }: Reading): TrackedIssue | null {
  const name = nameOf(folder, number)
  const found = name === null ? null : readIssue(folder, name)
  if (name === null || found === null) return null
  return trackedIssue(issueFile(name, decoded(name, found.bytes)), owner)
}

type Writing = {
  readonly folder: string
  readonly number: number
  readonly edit: Edit
  readonly disk: Disk | undefined
}

/** How long an editor has to finish before each further try. */
const patienceMs = [10, 30, 90] as const

async function written(writing: Writing): Promise<Written> {
  let keepsChanging = false
  for (const ms of patienceMs) {
    const outcome = tryWrite(writing)
    if (outcome !== 'changed' && !(outcome instanceof FileFault)) return outcome
    keepsChanging ||= outcome === 'changed'
    await wait(ms)
  }
  const outcome = tryWrite(writing)
  if (outcome instanceof FileFault && !keepsChanging) throw outcome
  return outcome === 'changed' || outcome instanceof FileFault ? 'conflict' : outcome
}

/** A file that is no issue may be one that an editor is writing just now. */
function tryWrite({ folder, number, edit, disk }: Writing): Written | 'changed' | FileFault {
  try {
    const name = nameOf(folder, number)
    const found = name === null ? null : readIssue(folder, name)
    if (name === null || found === null) return 'gone'
    const text = decoded(name, found.bytes)
    const after = edit(issueFile(name, text))
    if (after === text) return 'written'
    const bytes = Buffer.from(after)
    if (bytes.length > maxBytes)
      throw new FileFault({ name }, 'would be larger than 1 MiB with what AFK has to write')
    const replaced = replaceFile({ folder, name, read: found, bytes }, disk)
    if (replaced === 'replaced') return 'written'
    // Under its name it is gone; the same number may have another now.
    return replaced === 'gone' && nameOf(folder, number) === null ? 'gone' : 'changed'
  } catch (error) {
    if (error instanceof FileFault) return error
    throw error
  }
}
