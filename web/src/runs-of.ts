/** All runs of a run's issue, newest first: read again when one of them begins, changes or ends. Null: not read yet. */
import { useCell } from './cell.ts'
import { running } from './desk.ts'
import type { ListedRun, Run, RunPage } from './shapes.ts'
import { useRead } from './use-read.ts'

export function useRunsOf({
  id,
  issueRef,
}: Pick<Run, 'id' | 'issueRef'>): readonly ListedRun[] | null {
  const live = useCell(running)?.runs.find((each) => each.issueRef === issueRef)
  const path = `/v1/runs?issue=${encodeURIComponent(issueRef)}&limit=50`
  const reading = useRead<RunPage>(path, live?.id ?? id)
  return reading.is === 'there' ? reading.value.runs : null
}
