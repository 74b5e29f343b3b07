/**
 * The open issues of a folder that have one of some labels, and what of the rest is at fault.
 *
 * Of a file that was not touched since it was read, nothing but its stamp is looked at. One that changed
 * within the last two seconds is read again: a second change in the same tick of the disk's clock would
 * leave the same stamp. A long list lets others have the thread in between.
 */
import { setImmediate as breathe } from 'node:timers/promises'

import type { Listing, TrackedIssue } from '../tracker.ts'
import { FileFault } from './file-fault.ts'
import { issueNumber } from './file-name.ts'
import { isSame, readIssue, type Stamp, stampOf } from './folder.ts'
import { decoded, issueFile, trackedIssue } from './issue-file.ts'

export type ListAsk = {
  readonly folder: string
  readonly names: readonly string[]
  readonly labels: readonly string[]
  readonly faults: readonly FileFault[]
}

/** Null: it is no candidate, whatever the labels. */
type Known = { readonly stamp: Stamp; readonly issue: TrackedIssue | FileFault | null }

const breathEvery = 100
const settledNs = 2_000_000_000n

export function listing(owner: string): (ask: ListAsk) => Promise<Listing> {
  let known = new Map<string, Known>()

  return async ({ folder, names, labels, faults: found }) => {
    const wanted = new Set(labels)
    const { numbered, faults } = numberedOf(names)
    const seen = new Map<string, Known>()
    const issues: TrackedIssue[] = []
    for (const [index, { name, number }] of numbered.entries()) {
      if (index % breathEvery === breathEvery - 1) await breathe()
      const issue = orFault(() => issueIn(folder, name, seen))
      if (issue instanceof FileFault) faults.push(issue)
      else if (issue?.labels.some((label) => wanted.has(label))) issues.push({ ...issue, number })
    }
    known = seen
    return { issues, faults: [...found, ...faults].map(({ where, what }) => ({ where, what })) }
  }

  function issueIn(folder: string, name: string, seen: Map<string, Known>) {
    const stamp = stampOf(folder, name)
    if (stamp === null) return null
    const before = known.get(name)
    if (before !== undefined && isSame(before.stamp, stamp)) {
      seen.set(name, before)
      return before.issue
    }
    const read = readIssue(folder, name)
    if (read === null) return null
    const issue = orFault(() => {
      const tracked = trackedIssue(issueFile(name, decoded(name, read.bytes)), owner)
      return tracked.isOpen && tracked.labels.length > 0 ? tracked : null
    })
    if (isSettled(read.stamp)) seen.set(name, { stamp: read.stamp, issue })
    return issue
  }
}

const isSettled = ({ mtimeNs, ctimeNs }: Stamp) => {
  const before = BigInt(Date.now()) * 1_000_000n - settledNs
  return mtimeNs < before && ctimeNs < before
}

/** In the order of their numbers; a number that two files have is a fault of both. */
function numberedOf(names: readonly string[]) {
  const faults: FileFault[] = []
  const byNumber = new Map<number, string[]>()
  for (const name of names.toSorted()) {
    const number = orFault(() => issueNumber(name))
    if (number instanceof FileFault) faults.push(number)
    else if (number !== null) byNumber.set(number, [...(byNumber.get(number) ?? []), name])
  }
  const numbered: Array<{ readonly name: string; readonly number: number }> = []
  for (const [number, [name = '', ...others]] of byNumber) {
    if (others.length === 0) numbered.push({ name, number })
    for (const [mine, other] of others.length === 0 ? [] : pairsOf([name, ...others]))
      faults.push(
        new FileFault({ name: mine }, `has the number of ${other}: give one of them another`),
      )
  }
  return { numbered: numbered.toSorted((one, other) => one.number - other.number), faults }
}

/** Each with one of the others. */
const pairsOf = (names: readonly string[]) =>
  names.map((name, index) => [name, names[index === 0 ? 1 : 0] ?? name] as const)

function orFault<T>(make: () => T): T | FileFault {
  try {
    return make()
  } catch (error) {
    if (error instanceof FileFault) return error
    throw error
  }
}
