/** A run's ledger, line by line, with the run that it goes on in. What only repeats itself is left out. */
import { useState } from 'preact/hooks'

import { withoutRepeats } from '../../src/server/without-repeats.ts'
import { absolute, spanWords } from './ago.tsx'
import { runHref } from './route.ts'
import type { Run } from './shapes.ts'

const shown = 60

export function Timeline({ run: { ledger, continues, queuedAt } }: { readonly run: Run }) {
  const [isWhole, setWhole] = useState(false)
  const lines = withoutRepeats(ledger)
  const visible = isWhole ? lines : lines.slice(-shown)
  const hidden = lines.length - visible.length
  return (
    <section aria-label="What happened">
      <h3>What happened</h3>
      {hidden > 0 && (
        <button type="button" class="button" onClick={() => setWhole(true)}>
          Show {hidden} earlier
        </button>
      )}
      <ol class="timeline">
        {continues !== null && (
          <li>
            <a href={runHref(continues)}>It goes on in the place and thread of an earlier run</a>
          </li>
        )}
        {visible.map(({ at, type, says }, index) => (
          <li key={`${at} ${type} ${index}`} class={strong.has(type) ? 'strong' : undefined}>
            <time dateTime={at} title={absolute(at)}>
              {intoWords(at, queuedAt)}
            </time>
            <span dir="auto">{says}</span>
          </li>
        ))}
      </ol>
    </section>
  )
}

/** How far into the run; what was granted before it began stands first. */
function intoWords(at: string, start: string): string {
  const ms = Date.parse(at) - Date.parse(start)
  if (ms < 0) return 'before'
  return ms < 1_000 ? 'start' : `+${spanWords(ms)}`
}

const strong = new Set(['pushed', 'ended', 'granted', 'withdrawn'])
