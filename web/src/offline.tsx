/** Says plainly that the node does not answer, and how old what is shown is. */
import { spanWords, useBeat } from './ago.tsx'
import { heardAt } from './ask.ts'
import { useCell } from './cell.ts'
import { link } from './follow.ts'

export function Offline() {
  useBeat()
  const state = useCell(link)
  const at = useCell(heardAt)
  if (state !== 'lost') return <div role="status" />
  const age = at === null ? null : spanWords(Date.now() - at)
  return (
    <div role="status" class="offline">
      <strong>Offline.</strong> The node does not answer
      {age === null ? '. ' : `; what you see is ${age} old. `}
      It is asked again by itself.
    </div>
  )
}
