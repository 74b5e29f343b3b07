/** Runs, budgets and pauses as lines for a terminal. Pure. */
import type { z } from 'zod'

import type { PlaceView } from '../server/place-schemas.ts'
import type { BudgetView, PauseView, RunSummary, RunView } from '../server/run-schemas.ts'
import { withoutRepeats } from '../server/without-repeats.ts'
import { clockTime } from './lines.ts'

type Story = z.infer<typeof RunView>
type Budget = z.infer<typeof BudgetView>

export function runLine(run: z.infer<typeof RunSummary>, now: Date): string {
  const about = run.title === null ? '' : `  (${run.title})`
  return `${clockTime(run.queuedAt, now)}  ${run.id}  ${run.issueRef}  ${standing(run)}${about}`
}

/** From where it stands to what must still follow, with every line of its ledger in between. */
export function runStoryLines(run: Story, now: Date): string[] {
  return [
    [run.issueRef, run.title ?? ''].join('  ').trim(),
    ...(run.issue.url === undefined ? [] : [`  ${run.issue.url}`]),
    '',
    `${run.id}, queued ${clockTime(run.queuedAt, now)} by ${run.by}`,
    ...factLines(run, now).map(([name, what]) => `  ${name.padEnd(8)} ${what}`),
    '',
    ...withoutRepeats(run.ledger).map(({ at, says }) => `  ${clockTime(at, now)}  ${says}`),
    ...(run.chores.length === 0 ? [] : ['']),
    ...run.chores.map((chore) => `  ${choreLine(chore)}`),
  ]
}

function factLines(run: Story, now: Date): ReadonlyArray<readonly [string, string]> {
  const { turn, pushed, verdict, endedAt, continues, unreachableSince } = run
  const at = (iso: string) => clockTime(iso, now)
  const seen = turn?.seenAt ? `; last sign of life ${at(turn.seenAt)}` : ''
  const detail = verdict?.detail ?? ''
  const pull = verdict?.pullRequest ?? pushed?.pullRequest ?? null
  return [
    endedAt === null
      ? ['phase', `${run.phase}: ${standing(run)}`]
      : ['ended', `${at(endedAt)}, ${standing(run)}`],
    // Where the one line above had to cut it.
    ...(run.says.includes(detail) ? [] : [['detail', detail] as const]),
    ...(verdict?.commit ? [['commit', verdict.commit] as const] : []),
    ...[...(verdict?.failing ?? []), ...(pushed?.failing ?? [])].map(
      ({ name, url }) => ['failing', url === null ? name : `${name}: ${url}`] as const,
    ),
    ...(turn === null ? [] : [['turn', `${turn.says}${seen}`] as const]),
    ...(pushed === null
      ? []
      : [['pushed', `${pushed.commit} at ${at(pushed.pushedAt)}; ${pushed.says}`] as const]),
    ...(pull === null ? [] : [['pull', `#${pull.number} ${pull.url}`] as const]),
    ...(unreachableSince === null
      ? []
      : [['executor', `could not be asked since ${at(unreachableSince)}`] as const]),
    ['budget', `used ${budgetLine(run.budget)}`],
    ['branch', run.branch],
    ['thread', run.threadId],
    ...(run.link === null ? [] : [['link', run.link] as const]),
    ...(continues === null ? [] : [['goes on', `from ${continues}`] as const]),
  ]
}

function standing({ says, held }: z.infer<typeof RunSummary>): string {
  return held ? `${says}; paused` : says
}

/** `2 of 5 corrective turns, 12 of 60 min, $1.20 of $100.00` */
export function budgetLine({ attempts, minutes, costUsd, losses, running }: Budget): string {
  const dollars = (amount: number) => `$${amount.toFixed(2)}`
  return [
    `${ofLimit(attempts, String)} corrective turns`,
    `${ofLimit(minutes, String)} min${running ? ' (the clock runs)' : ''}`,
    ofLimit(costUsd, dollars),
    ...(losses > 0 ? [`${losses} lost ${losses === 1 ? 'turn' : 'turns'}`] : []),
  ].join(', ')
}

function ofLimit(
  { used, limit, granted }: Budget['attempts'],
  spell: (amount: number) => string,
): string {
  if (limit === null) return spell(used)
  const more = granted === 0 ? '' : ` and ${spell(granted)} granted`
  return `${spell(used)} of ${spell(limit)}${more}`
}

function choreLine({ state, says, tries, detail }: Story['chores'][number]): string {
  const count = tries === 0 ? '' : ` (${tries} ${tries === 1 ? 'try' : 'tries'})`
  return `${state.padEnd(4)}  ${says}${count}${detail === null ? '' : `: ${detail}`}`
}

/** Whose each is, how that ended, where it is, and what would be lost with it, below one another. */
export function placeLines(
  places: ReadonlyArray<z.infer<typeof PlaceView>>,
  { isHeaded }: { readonly isHeaded: boolean },
): string[] {
  const rows = places.map(({ run, repo, issueRef, phase, path, why }) => [
    issueRef ?? repo,
    phase ?? 'not in the store',
    run,
    path,
    why ?? 'nothing would be lost',
  ])
  const all = isHeaded ? [['ISSUE', 'ENDED AS', 'RUN', 'WORKTREE', 'WITH IT'], ...rows] : rows
  const widthOf = (column: number) => Math.max(...all.map((row) => row[column]?.length ?? 0))
  return all.map((row) =>
    row
      .map((cell, column) => (column < row.length - 1 ? cell.padEnd(widthOf(column)) : cell))
      .join('  '),
  )
}

export function pauseLine({ scope, at, by }: z.infer<typeof PauseView>, now: Date): string {
  return `${scopeName(scope)}, since ${clockTime(at, now)} by ${by}`
}

export function scopeName(scope: string): string {
  return scope === '*' ? 'everything' : scope
}
