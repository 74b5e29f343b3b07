/** What to do next about a run that has ended; or, where its issue has gone on since, what became of it. */
import { GoOn, Grant } from './run-acts.tsx'
import { runHref } from './route.ts'
import type { ListedRun, Run } from './shapes.ts'

type Known = {
  readonly run: Run
  /** Of its issue, newest first; null: not known yet. */
  readonly runs: readonly ListedRun[] | null
}

export function Next({ run: { id, verdict }, runs }: Known) {
  const last = runs?.[0]
  if (last !== undefined && last.id !== id)
    return (
      <p class="next">
        Since then: <a href={runHref(last.id)}>{last.says}</a>
      </p>
    )
  const next = verdict?.next ?? null
  return next === null ? null : <p class="next">Next: {next}</p>
}

/** Only of the last run: nothing goes on in an earlier one. */
export function NextActs({ run, runs }: Known) {
  if (runs?.[0]?.id !== run.id) return null
  return (
    <>
      <GoOn run={run} />
      <Grant run={run} />
    </>
  )
}
