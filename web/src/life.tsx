/** When a run under way showed itself last, or since when its executor gives no answer. */
import { Ago, Since } from './ago.tsx'
import type { Run } from './shapes.ts'

export function Life({ unreachableSince, turn }: Pick<Run, 'unreachableSince' | 'turn'>) {
  if (unreachableSince !== null)
    return (
      <p class="bad">
        The executor has not answered <Since at={unreachableSince} />
      </p>
    )
  const seenAt = turn?.seenAt ?? null
  return seenAt === null ? null : (
    <p class="small">
      Last sign of life <Ago at={seenAt} />
    </p>
  )
}
