import type { TrackedIssue, Tracker } from '../../src/trackers/tracker.ts'

/** On GitHub a label says the priority, and the contract of trackers knows of no such label. */
export function withoutPriorities(tracker: Tracker): Tracker {
  const without = (issue: TrackedIssue): TrackedIssue => ({
    ...issue,
    labels: issue.labels.filter((label) => !label.startsWith('priority: ')),
  })
  return {
    ...tracker,
    async list(labels) {
      const { issues, faults } = await tracker.list(labels)
      return { issues: issues.map(without), faults }
    },
    async read(number) {
      const issue = await tracker.read(number)
      return issue && without(issue)
    },
  }
}
