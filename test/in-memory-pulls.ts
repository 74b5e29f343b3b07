/**
 * The pull requests of one repository in memory: they keep to their port, and a test pushes to branches, merges and closes.
 *
 * A merge puts a commit of its own on the landing branch, which is nobody's but the pull request's.
 */
import type { Pull, Pulls } from '../src/landing/pulls.ts'
import type { Calls } from './in-memory-calls.ts'
import type { InMemoryLanding } from './in-memory-landing.ts'

export type InMemoryPulls = Pulls & {
  /** As an agent pushes to its own branch. */
  push(branch: string, head: string): void
  /** As a person does. */
  mergeAs(branch: string, commit: string): void
  /** What the landing branch gets whenever it merges one that it is asked to; else a commit that it draws. */
  mergesAs(commit: string): void
  closeOf(branch: string): void
  reopenOf(branch: string): void
  /** What the branch changes, others have changed on the landing branch. */
  conflict(branch: string): void
  /** What it answers instead of opening, or merging, one; null: it does. */
  refuses(what: 'open' | 'merge', why: string | null): void
  /** Whether it knows yet that one may be merged; until it does, it merges none. */
  knows(isSo: boolean): void
  readonly opened: ReadonlyArray<{ readonly branch: string; readonly title: string }>
}

type Record = { readonly branch: string; pull: Pull }

export function inMemoryPulls({ called }: Calls, landing: InMemoryLanding): InMemoryPulls {
  const { all, ofBranch, newest, certain } = shelf()
  const heads = new Map<string, string>()
  const refusals = new Map<'open' | 'merge', string>()
  const conflicting = new Set<string>()
  const opened: Array<{ readonly branch: string; readonly title: string }> = []
  let mergeCommit: string | null = null
  let isKnown = true
  const land = (record: Record, commit: string) => {
    record.pull = { ...record.pull, is: 'merged', commit }
    landing.push('a pull request', commit)
  }
  return {
    opened,
    push(branch, head) {
      heads.set(branch, head)
      for (const each of ofBranch(branch))
        if (each.pull.is === 'open') each.pull = { ...each.pull, head }
    },
    mergeAs: (branch, commit) => land(certain(branch), commit),
    mergesAs: (commit) => void (mergeCommit = commit),
    closeOf: (branch) => void (certain(branch).pull = { ...certain(branch).pull, is: 'closed' }),
    reopenOf: (branch) => void (certain(branch).pull = { ...certain(branch).pull, is: 'open' }),
    conflict: (branch) => void conflicting.add(branch),
    refuses: (what, why) => void (why === null ? refusals.delete(what) : refusals.set(what, why)),
    knows: (isSo) => void (isKnown = isSo),
    async of(branch) {
      const found = newest(branch)?.pull ?? null
      await called('pulls of')
      return found
    },
    async mayBeMerged(branches) {
      const found = branches.filter((branch) => newest(branch)?.pull.is === 'merged')
      await called('pulls mayBeMerged')
      return found
    },
    async open({ branch, title }) {
      await called('pulls open')
      const why = refusals.get('open')
      const head = heads.get(branch)
      const open = ofBranch(branch).find(({ pull }) => pull.is === 'open')
      if (open !== undefined)
        return { is: 'open', request: open.pull.request, head: open.pull.head }
      if (head === undefined || ofBranch(branch).some(({ pull }) => pull.head === head))
        return { is: 'nothing' }
      if (why !== undefined) return { is: 'refused', why }
      const number = 100 + all.length
      const request = { number, url: `https://forge.test/pull/${number}` }
      all.push({ branch, pull: { is: 'open', request, head } })
      opened.push({ branch, title })
      return { is: 'open', request, head }
    },
    async conflicts({ number }, head) {
      await called('pulls conflicts')
      const { branch, pull } = all.find((each) => each.pull.request.number === number) ?? {}
      return pull?.is === 'open' && pull.head === head && conflicting.has(branch ?? '')
    },
    async merge({ number }, head) {
      await called('pulls merge')
      const why = refusals.get('merge')
      const found = all.find(({ pull }) => pull.request.number === number)
      if (found === undefined) throw new Error(`there is no pull request ${number}`)
      if (found.pull.is === 'merged') return { is: 'merged' }
      const isReady = isKnown && found.pull.is === 'open' && found.pull.head === head
      if (!isReady) return { is: 'not-yet' }
      if (why !== undefined) return { is: 'refused', why }
      land(found, mergeCommit ?? [...found.pull.head].toReversed().join(''))
      return { is: 'merged' }
    },
    check: async () => [],
  }
}

function shelf() {
  const all: Record[] = []
  const ofBranch = (branch: string) => all.filter((each) => each.branch === branch)
  const newest = (branch: string) =>
    ofBranch(branch).find(({ pull }) => pull.is === 'open') ?? ofBranch(branch).at(-1) ?? null
  const certain = (branch: string): Record => {
    const found = newest(branch)
    if (found === null) throw new Error(`${branch} has no pull request`)
    return found
  }
  return { all, ofBranch, newest, certain }
}
