/** What a lineage has used of its budget and has left, as a bar with its words. */
import type { Budget } from './shapes.ts'

type Allowance = Budget['attempts']

export function Bars({
  budget,
  isBrief = false,
}: {
  readonly budget: Budget
  readonly isBrief?: boolean
}) {
  const { attempts, minutes, costUsd, running } = budget
  return (
    <dl class={isBrief ? 'bars brief' : 'bars'}>
      <Bar label="Corrective turns" of={attempts} spell={String} />
      <Bar label={running ? 'Minutes (running)' : 'Minutes'} of={minutes} spell={String} />
      <Bar label="Cost" of={costUsd} spell={dollars} />
    </dl>
  )
}

const dollars = (amount: number) => `$${amount.toFixed(Number.isInteger(amount) ? 0 : 2)}`

type BarOf = {
  readonly label: string
  readonly of: Allowance
  readonly spell: (amount: number) => string
}

function Bar({ label, of: { used, limit, granted, left }, spell }: BarOf) {
  const whole = limit === null ? null : limit + granted
  return (
    <div class="bar">
      <dt>{label}</dt>
      <dd class="bar-words">
        {whole === null ? `${spell(used)} used` : `${spell(used)} of ${spell(whole)}`}
        {left !== null && `, ${spell(left)} left`}
      </dd>
      {whole !== null && (
        <dd class="bar-line">
          <progress
            class={whole > 0 && used / whole >= 0.8 ? 'near' : undefined}
            max={Math.max(whole, 0.01)}
            value={Math.min(used, whole)}
            aria-label={label}
          />
        </dd>
      )}
    </div>
  )
}
