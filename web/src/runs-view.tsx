/** The runs: those under way, each with its budget; then those that ended, a line each. */
import { useEffect } from 'preact/hooks'

import { useDoing, Wrong } from './act.tsx'
import { Ago } from './ago.tsx'
import { useCell } from './cell.ts'
import { ended, quietly, readEnded, readMoreRuns, running } from './desk.ts'
import { Kind } from './kind.tsx'
import { LoopControls } from './loop-controls.tsx'
import { RunCard } from './run-card.tsx'
import { runHref } from './route.ts'
import { RowRef } from './row-ref.tsx'
import type { ListedRun } from './shapes.ts'

export function RunsView() {
  useEffect(() => quietly(readEnded()), [])
  return (
    <>
      <LoopControls />
      <UnderWay />
      <Ended />
    </>
  )
}

export function UnderWay({ isBrief = false }: { readonly isBrief?: boolean }) {
  const list = useCell(running)
  if (list === null) return null
  const { runs } = list
  return (
    <section aria-labelledby={isBrief ? 'glance-runs' : 'under-way'}>
      <h2 id={isBrief ? 'glance-runs' : 'under-way'}>Under way</h2>
      {runs.length === 0 && <p class="none">No run is under way.</p>}
      {runs.map((run) => (
        <RunCard key={run.id} run={run} isBrief={isBrief} />
      ))}
    </section>
  )
}

function Ended() {
  const list = useCell(ended)
  const { isBusy, wrong, start } = useDoing(readMoreRuns)
  if (list === null) return null
  return (
    <section aria-labelledby="ended">
      <h2 id="ended">Ended</h2>
      {list.runs.length === 0 && <p class="none">No run has ended yet.</p>}
      <ul class="rows">
        {list.runs.map((run) => (
          <EndedRow key={run.id} run={run} />
        ))}
      </ul>
      {list.next !== null && (
        <div class="more">
          <button type="button" class="button" disabled={isBusy} onClick={() => void start()}>
            {isBusy ? 'Show older …' : 'Show older'}
            <span class="unseen"> runs</span>
          </button>
          <Wrong wrong={wrong} />
        </div>
      )}
    </section>
  )
}

function EndedRow({ run }: { readonly run: ListedRun }) {
  const { id, phase, issueRef, title, says, endedAt, queuedAt } = run
  return (
    <li>
      <a class="row" href={runHref(id)} data-run={id}>
        <span class="row-head">
          <Kind kind={phase} />
          <RowRef of={issueRef} />
          <span class="row-age">
            <Ago at={endedAt ?? queuedAt} />
          </span>
        </span>
        <span class="row-text" dir="auto">
          {title === null ? '' : `${title}: `}
          {says.replace(/^(?:done|frozen|needs a human): /, '')}
        </span>
      </a>
    </li>
  )
}
