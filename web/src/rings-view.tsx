/** The rings: what is open on top, each with all that is needed to act on it; then all others, a line each. */
import { useDoing, Wrong } from './act.tsx'
import { useCell } from './cell.ts'
import { readMoreRings, rings } from './desk.ts'
import { OpenRing } from './open-ring.tsx'
import { RingRow } from './ring-row.tsx'

export function RingsView() {
  const lists = useCell(rings)
  if (lists === null) return null
  const { open, quiet } = lists
  return (
    <>
      {open.rings.length > 0 && (
        <section aria-labelledby="open">
          <h2 id="open">Open</h2>
          {open.rings.map((ring) => (
            <OpenRing key={ring.id} ring={ring} />
          ))}
          {open.next !== null && <More which="open" />}
        </section>
      )}
      <section aria-labelledby="quiet">
        <h2 id="quiet">{open.rings.length > 0 ? 'All others' : 'Rings'}</h2>
        {quiet.rings.length === 0 ? (
          <p class="none">
            {open.rings.length === 0
              ? 'Nothing has rung yet. A drill, under Bell, proves that the bell reaches you.'
              : 'There are no others.'}
          </p>
        ) : (
          <ul class="rows">
            {quiet.rings.map((ring) => (
              <RingRow key={ring.id} ring={ring} />
            ))}
          </ul>
        )}
        {quiet.next !== null && <More which="quiet" />}
      </section>
    </>
  )
}

function More({ which }: { readonly which: 'open' | 'quiet' }) {
  const { isBusy, wrong, start } = useDoing(() => readMoreRings(which))
  return (
    <div class="more">
      <button type="button" class="button" disabled={isBusy} onClick={() => void start()}>
        {isBusy ? 'Show older …' : 'Show older'}
        <span class="unseen"> {which === 'open' ? 'open rings' : 'rings'}</span>
      </button>
      <Wrong wrong={wrong} />
    </div>
  )
}
