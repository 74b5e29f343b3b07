/** One run: how it stands or ended, what its issue may still spend, and all that happened to it. */
import { Ago } from './ago.tsx'
import { Bars } from './budget.tsx'
import { Kind } from './kind.tsx'
import { Life } from './life.tsx'
import { Next, NextActs } from './next.tsx'
import { OutLink } from './out-link.tsx'
import { Red, Verdict } from './proof.tsx'
import { Stop } from './run-acts.tsx'
import { runHref } from './route.ts'
import { useRunsOf } from './runs-of.ts'
import type { ListedRun, Run } from './shapes.ts'
import { Timeline } from './timeline.tsx'
import { useRead } from './use-read.ts'

export function RunView({ id }: { readonly id: string }) {
  const reading = useRead<Run>(`/v1/runs/${encodeURIComponent(id)}`, id)
  return (
    <>
      <p class="back">
        <a href="#/runs">All runs</a>
      </p>
      {reading.is === 'gone' && <p class="none">{reading.words}</p>}
      {reading.is === 'there' && <Whole key={id} run={reading.value} />}
    </>
  )
}

function Whole({ run }: { readonly run: Run }) {
  const { id, phase, issueRef, title, says, queuedAt, endedAt, by, link, issue, held } = run
  const runs = useRunsOf(run)
  const told = run.pushed?.failing.filter(({ url }) => url !== null) ?? []
  return (
    <article class="card whole" data-run={id}>
      <header class="card-head">
        <Kind kind={phase} />
        <Ago at={endedAt ?? queuedAt} />
      </header>
      <h2 tabIndex={-1}>
        <span class="ref">{issueRef}</span> {title ?? ''}
      </h2>
      <p dir="auto">
        {run.turn?.says ?? says}
        {held && '; paused'}
      </p>
      {run.pushed !== null && (
        <p>
          {run.pushed.says}
          <Offer pushed={run.pushed} />
        </p>
      )}
      {told.length > 0 && <Red failing={told} />}
      {endedAt === null && <Life {...run} />}
      <p class="small">
        Started by {by} <Ago at={queuedAt} />, on <code>{run.branch}</code>
      </p>
      <div class="acts">
        {endedAt === null && <Stop id={id} issueRef={issueRef} />}
        <NextActs run={run} runs={runs} />
        {link !== null && (
          <OutLink href={link} isButton isThread>
            Open thread
          </OutLink>
        )}
        {issue.url !== undefined && issue.url !== link && (
          <OutLink href={issue.url} isButton>
            Open issue
          </OutLink>
        )}
      </div>
      <Verdict run={run} />
      <Next run={run} runs={runs} />
      <section aria-label="Budget">
        <h3>Budget of the issue</h3>
        <Bars budget={run.budget} />
      </section>
      <Lineage id={id} runs={runs ?? []} />
      <Timeline run={run} />
      <Chores run={run} />
    </article>
  )
}

function Offer({
  pushed: { where, pullRequest },
}: {
  readonly pushed: NonNullable<Run['pushed']>
}) {
  if (pullRequest === null) return null
  const how = { landed: 'merged by', offered: 'offered in', declined: 'closed without a merge:' }[
    where
  ]
  return (
    <>
      ; {how} <OutLink href={pullRequest.url}>pull request #{pullRequest.number}</OutLink>
    </>
  )
}

/** All runs of the issue, oldest first: what one left the next goes on in. */
function Lineage({ id, runs }: { readonly id: string; readonly runs: readonly ListedRun[] }) {
  if (runs.length < 2) return null
  return (
    <section aria-label="Runs of the issue">
      <h3>Runs of the issue</h3>
      <ol class="plain lineage">
        {runs.toReversed().map((each) => (
          <li key={each.id} aria-current={each.id === id ? 'true' : undefined}>
            {each.id === id ? (
              <strong>This run</strong>
            ) : (
              <a href={runHref(each.id)}>
                <Ago at={each.queuedAt} />
              </a>
            )}{' '}
            {each.says}
          </li>
        ))}
      </ol>
    </section>
  )
}

function Chores({ run: { chores } }: { readonly run: Run }) {
  if (chores.length === 0) return null
  return (
    <section aria-label="What follows">
      <h3>What follows</h3>
      <ul class="plain">
        {chores.map(({ kind, state, tries, detail, says }) => (
          <li key={kind}>
            {state === 'done' ? 'Done: ' : 'To do: '}
            {says}
            {state === 'due' && tries > 0 && ` (tried ${tries} times)`}
            {detail !== null && `: ${detail}`}
          </li>
        ))}
      </ul>
    </section>
  )
}
