/** A run under way: where it is, what it has used and has left, and when it last showed itself. */
import { Since } from './ago.tsx'
import { Bars } from './budget.tsx'
import { Kind } from './kind.tsx'
import { Life } from './life.tsx'
import { OutLink } from './out-link.tsx'
import { Stop } from './run-acts.tsx'
import { runHref } from './route.ts'
import type { ListedRun } from './shapes.ts'

export function RunCard({ run, isBrief }: { readonly run: ListedRun; readonly isBrief: boolean }) {
  const { id, issueRef, title, phase, says, held, live, queuedAt } = run
  return (
    <article class="card" data-run={id} aria-label={issueRef}>
      <header class="card-head">
        <Kind kind={phase} />
        <Since at={queuedAt} />
      </header>
      <h3>
        <a href={runHref(id)}>
          <span class="ref">{issueRef}</span> {title ?? ''}
        </a>
      </h3>
      <p>
        {live?.turn?.says ?? says}
        {live?.checks !== null && live?.checks !== undefined && `; ${live.checks}`}
        {held && '; paused'}
      </p>
      {live !== null && <Life {...live} />}
      {live !== null && <Bars budget={live.budget} isBrief={isBrief} />}
      {!isBrief && (
        <div class="acts">
          {live !== null && live.link !== null && (
            <OutLink href={live.link} isButton isThread>
              Open thread<span class="unseen"> of {issueRef}</span>
            </OutLink>
          )}
          <Stop id={id} issueRef={issueRef} />
        </div>
      )}
    </article>
  )
}
