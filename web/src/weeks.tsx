/** Rings by week as bars, and within which time they were first tried: a chart that is a table to whoever cannot see it. */
import { durationWords } from './ago.tsx'
import type { BellFacts } from './shapes.ts'

type Week = BellFacts['weeks'][number]

export function Weeks({ weeks }: { readonly weeks: readonly Week[] }) {
  const most = Math.max(1, ...weeks.map(sum))
  return (
    <section aria-labelledby="weeks">
      <h2 id="weeks">By week</h2>
      <p class="key">
        <span class="swatch done" aria-hidden="true" /> done{' '}
        <span class="swatch called" aria-hidden="true" /> needed a human or frozen
      </p>
      <table class="weeks">
        <thead>
          <tr>
            <th scope="col">Week of</th>
            <th scope="col">
              <span class="unseen">Rings: done, and those that needed a human or were frozen</span>
            </th>
            <th scope="col">Rings</th>
            <th scope="col">First try</th>
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <Row key={week.from} week={week} most={most} />
          ))}
        </tbody>
      </table>
      <p class="small">First try: half of the rings were first tried within this time.</p>
    </section>
  )
}

const called = ({ rings }: Week) => rings['needs-human'] + rings.frozen
const sum = (week: Week) => week.rings.done + called(week)

function Row({ week, most }: { readonly week: Week; readonly most: number }) {
  const { from, rings, firstTry } = week
  const [done, loud] = [(100 * rings.done) / most, (100 * called(week)) / most]
  return (
    <tr>
      <th scope="row">
        <time dateTime={from}>
          {new Date(from).toLocaleDateString(undefined, {
            day: 'numeric',
            month: 'short',
            timeZone: 'UTC',
          })}
        </time>
      </th>
      <td class="chart">
        <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
          <rect class="called" x="0" y="0" width={loud} height="10" />
          <rect class="done" x={loud} y="0" width={done} height="10" />
        </svg>
        <span class="unseen">
          {rings.done} done, {rings['needs-human']} needed a human, {rings.frozen} frozen
        </span>
      </td>
      <td class="number">{sum(week)}</td>
      <td class="number">
        {firstTry === null ? (
          '–'
        ) : (
          <span title={`nine of ten within ${durationWords(firstTry.p90Ms)}`}>
            {durationWords(firstTry.medianMs)}
          </span>
        )}
      </td>
    </tr>
  )
}
