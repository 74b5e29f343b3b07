/**
 * What a person sees of a run on its issue: one comment, edited in place. Pure.
 *
 * A phase that nobody observed is left out, not ticked. Nothing an agent wrote stands in it but as text.
 */
import { budgetOf } from './budget.ts'
import type { Entry } from './event.ts'
import { isEnded, type Run } from './run.ts'

export function checklist(run: Run, ledger: readonly Entry[]): string {
  const mine = ledger.flatMap((entry) => (entry.run === run.id ? [entry.what] : []))
  const has = (type: Entry['what']['type']) => mine.some((what) => what.type === type)
  const isGreen = mine.some((what) => what.type === 'checked' && what.checks.verdict === 'green')
  const phases = [
    ...(has('adopted') ? ['worktree'] : []),
    ...(has('pushed') || mine.some((what) => what.type === 'turn-over' && what.commit !== null)
      ? ['pushed']
      : []),
    ...(isGreen ? ['CI green'] : []),
    ...(run.state === 'done' ? ['done'] : []),
  ]
  const { attempts, costUsd } = budgetOf(ledger)
  const used = [
    ...(attempts > 0 ? [`${attempts} fix-forward ${attempts === 1 ? 'turn' : 'turns'}`] : []),
    ...(costUsd > 0 ? [`$${costUsd.toFixed(2)}`] : []),
  ]
  return [
    `AFK ${run.id}`,
    ...phases.map((phase) => `- [x] ${phase}`),
    ...(used.length > 0 ? [`used: ${used.join(', ')}`] : []),
    ...(isEnded(run) ? [verdictLine(run)] : []),
  ].join('\n')
}

function verdictLine(run: Extract<Run, { endedAt: number }>): string {
  switch (run.state) {
    case 'done':
      return `**done** at ${run.commit}${run.passed.length > 0 ? `: ${run.passed.join(', ')}` : ', no CI here'}`
    case 'needs-human':
      return `**needs a human** (${run.cause})`
    case 'frozen':
      return `**frozen**: ${run.ranOut} used up at ${run.commit}`
    case 'withdrawn':
      return `**withdrawn** by ${run.withdrawnBy}`
  }
}
