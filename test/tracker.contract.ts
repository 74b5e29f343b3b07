/** What every tracker must do, whatever keeps its issues, but for what that is known to answer otherwise. */
import { describe } from 'vitest'

import type { Tracker } from '../src/trackers/tracker.ts'
import { type Deviations, deviating } from './deviations.ts'
import { checkContract } from './tracker/check.contract.ts'
import { closeContract } from './tracker/close.contract.ts'
import { commentContract } from './tracker/comment.contract.ts'
import { labelContract } from './tracker/label.contract.ts'
import { listContract } from './tracker/list.contract.ts'
import { readContract } from './tracker/read.contract.ts'
import { togetherContract } from './tracker/together.contract.ts'

/** A tracker over issues that nobody else uses, and what a person may do to them. */
export type TrackerBench = {
  readonly tracker: Tracker
  /** A tracker of the same kind whose issues cannot be asked for. */
  readonly lost: Tracker
  /** Its number. By the owner, unless `by` says who. */
  make(issue: NewIssue): Promise<number>
  rewrite(
    number: number,
    change: { readonly title?: string; readonly body?: string },
  ): Promise<void>
  relabel(number: number, labels: readonly string[]): Promise<void>
  closeByHand(number: number): Promise<void>
  /** As a push with a closing keyword does. */
  closeByCommit(
    number: number,
    close: { readonly who: string; readonly commit: string },
  ): Promise<void>
  reopenByHand(number: number): Promise<void>
  remove(number: number): Promise<void>
  /** What a reader of the issue sees as our comments. */
  comments(number: number): Promise<readonly string[]>
  /** Something that changes with every write. */
  version(number: number): Promise<string>
}

export type NewIssue = {
  readonly title?: string
  readonly body?: string
  readonly labels?: readonly string[]
  readonly priority?: number
  readonly blockedBy?: readonly number[]
  /** Who applied the labels, if it was not the owner; they have no write access. */
  readonly by?: string
}

export function trackerContract(
  open: () => TrackerBench | Promise<TrackerBench>,
  deviations: Deviations = {},
): void {
  const test = deviating(deviations)
  describe('list', () => {
    listContract(open, test)
  })
  describe('read', () => {
    readContract(open, test)
  })
  describe('label', () => {
    labelContract(open, test)
  })
  describe('comment', () => {
    commentContract(open, test)
  })
  describe('close and reopen', () => {
    closeContract(open, test)
  })
  describe('check', () => {
    checkContract(open, test)
  })
  describe('with a person beside it', () => {
    togetherContract(open, test)
  })
}
