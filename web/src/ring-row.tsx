/** A ring in one or two lines. */
import { Ago } from './ago.tsx'
import { deadChannels } from './given-up.ts'
import { Kind } from './kind.tsx'
import { isOpen } from './ring-lists.ts'
import { ringHref } from './route.ts'
import { RowRef } from './row-ref.tsx'
import type { ListedRing } from './shapes.ts'

export function RingRow({ ring }: { readonly ring: ListedRing }) {
  const { id, kind, issueRef, issue, excerpt, acceptedAt, acknowledged, deliveries } = ring
  const dead = deadChannels(deliveries)
  return (
    <li>
      <a class="row" href={ringHref(id)} data-ring={id}>
        <span class="row-head">
          <Kind kind={kind} isLoud={isOpen(ring)} />
          <RowRef of={issueRef} />
          <span class="row-age">
            <Ago at={acceptedAt} />
          </span>
        </span>
        <span class="row-text" dir="auto">
          {issue.title === undefined ? '' : `${issue.title}: `}
          {excerpt}
        </span>
        {acknowledged !== null && (
          <span class="row-note">
            Acknowledged by {acknowledged.by}
            {acknowledged.note !== null && `: ${acknowledged.note}`}
          </span>
        )}
        {dead.length > 0 && acknowledged === null && (
          <span class="row-note bad">Given up by {dead.join(', ')}</span>
        )}
      </a>
    </li>
  )
}
