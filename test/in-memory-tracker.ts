/** A tracker in memory: it keeps to its port, and a test edits its issues as a person would. */
import type { TrackedIssue, Tracker } from '../src/trackers/tracker.ts'
import type { Calls } from './in-memory-calls.ts'

export type InMemoryTracker = Tracker & {
  /** As it is now. */
  issue(number: number): TrackedIssue
  put(issue: TrackedIssue): void
  edit(number: number, wish: Partial<TrackedIssue>): void
  remove(number: number): void
  /** The one comment of ours; undefined: there is none. */
  commentOf(number: number): string | undefined
  /** What the next listings cannot understand. */
  readonly faults: Array<{ readonly where: string; readonly what: string }>
  /** Issues that a person edits at this moment. */
  readonly edited: Set<number>
}

export function inMemoryTracker(
  { called }: Calls,
  issues: readonly TrackedIssue[],
  lagMs = 0,
): InMemoryTracker {
  const known = new Map(issues.map((issue) => [issue.number, issue]))
  const comments = new Map<number, string>()
  const faults: InMemoryTracker['faults'] = []
  const edited = new Set<number>()

  function issue(number: number): TrackedIssue {
    const found = known.get(number)
    if (found === undefined) throw new Error(`the test has no issue ${number}`)
    return found
  }

  async function write(
    call: string,
    number: number,
    change: (before: TrackedIssue) => Partial<TrackedIssue>,
  ) {
    await called(`tracker ${call}`)
    const before = known.get(number)
    if (before === undefined) return 'gone'
    if (edited.has(number)) return 'conflict'
    known.set(number, { ...before, ...change(before) })
    return 'written'
  }

  return {
    lagMs,
    issue,
    put: (each) => void known.set(each.number, each),
    edit: (number, wish) => void known.set(number, { ...issue(number), ...wish }),
    remove: (number) => void known.delete(number),
    commentOf: (number) => comments.get(number),
    faults,
    edited,
    async list(wanted) {
      const listed = [...known.values()].filter(
        ({ isOpen, labels }) => isOpen && labels.some((label) => wanted.includes(label)),
      )
      const listing = { issues: listed, faults: [...faults] }
      await called('tracker list')
      return listing
    },
    async read(number) {
      const found = known.get(number) ?? null
      await called('tracker read')
      return found
    },
    label: (number, { add, remove }) =>
      write('label', number, ({ labels }) => ({
        labels: [...new Set([...labels.filter((label) => !remove.includes(label)), ...add])],
      })),
    comment: (number, body) =>
      write('comment', number, () => {
        comments.set(number, body)
        return {}
      }),
    close: (number) =>
      write('close', number, () => ({ isOpen: false, closedBy: { who: null, commit: null } })),
    reopen: (number) => write('reopen', number, () => ({ isOpen: true, closedBy: null })),
    check: async () => [],
  }
}
