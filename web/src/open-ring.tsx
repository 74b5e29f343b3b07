/** An escalation that nobody acknowledged: who calls, why, and what can be done about it. */
import { Acknowledge } from './acknowledge.tsx'
import { Ago } from './ago.tsx'
import { isDeadNow } from './given-up.ts'
import { Kind } from './kind.tsx'
import { OutLink } from './out-link.tsx'
import { ringHref } from './route.ts'
import type { ListedRing } from './shapes.ts'

export function OpenRing({ ring }: { readonly ring: ListedRing }) {
  const { id, kind, issueRef, issue, excerpt, acceptedAt, link, deliveries, run } = ring
  return (
    <article class="card loud" data-ring={id} aria-label={`${issueRef}, open`}>
      <header class="card-head">
        <Kind kind={kind} isLoud />
        <Ago at={acceptedAt} />
      </header>
      <h3>
        <a href={ringHref(id)}>
          <span class="ref">{issueRef}</span> {issue.title ?? ''}
        </a>
      </h3>
      <p class="detail clamped" dir="auto">
        {excerpt}
      </p>
      <ul class="deliveries">
        {deliveries.map((delivery) => (
          <li key={delivery.id} class={isDeadNow(delivery, deliveries) ? 'bad' : undefined}>
            {delivery.says}
          </li>
        ))}
      </ul>
      <div class="acts">
        <Acknowledge id={id} issueRef={issueRef} />
        {link !== null && (
          <OutLink href={link} isButton isThread>
            Open thread<span class="unseen"> of {issueRef}</span>
          </OutLink>
        )}
        <a class="button" href={ringHref(id)}>
          {run === null ? 'More' : 'What to do'}
          <span class="unseen"> about {issueRef}</span>
        </a>
      </div>
    </article>
  )
}
