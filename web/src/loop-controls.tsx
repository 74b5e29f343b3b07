/** Whether the loop may run, what holds it, and how to hold it or let it go on. */
import { AskFirst } from './act.tsx'
import { Since } from './ago.tsx'
import { useCell } from './cell.ts'
import { pause, resume } from './deeds.ts'
import { status } from './desk.ts'
import { Start } from './run-acts.tsx'
import type { Status } from './shapes.ts'

export function LoopControls() {
  const now = useCell(status)
  if (now === null) return null
  const { loop } = now
  const isAllPaused = loop.pauses.some(({ scope }) => scope === '*')
  return (
    <section aria-label="The loop" class="controls">
      {!loop.armed && <Disarmed missing={loop.missing} />}
      <Pauses loop={loop} />
      <Waits loop={loop} />
      <div class="acts">
        {loop.armed && <Start />}
        {!isAllPaused && (
          <AskFirst
            label="Pause all"
            question="Pause everything? No new run and no new turn begins until you resume. What is with an agent goes on."
            work={() => pause()}
          />
        )}
      </div>
    </section>
  )
}

export function Disarmed({ missing }: { readonly missing: readonly string[] }) {
  return (
    <div class="card">
      <p>The loop is disarmed: it starts nothing by itself. Why:</p>
      <ul>
        {missing.map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
    </div>
  )
}

function Pauses({ loop }: { readonly loop: Status['loop'] }) {
  return (
    <>
      {loop.pauses.map(({ scope, at, by }) => {
        const name = scope === '*' ? 'Everything' : scope
        return (
          <div key={scope} class="card held">
            <p>
              {name} is paused by {by}, <Since at={at} />.
            </p>
            <AskFirst
              label={scope === '*' ? 'Resume all' : `Resume ${scope}`}
              question={`${name} goes on: runs and turns may begin again.`}
              work={() => resume(scope === '*' ? undefined : scope)}
            />
          </div>
        )
      })}
    </>
  )
}

function Waits({ loop }: { readonly loop: Status['loop'] }) {
  if (loop.waits.length === 0) return null
  return (
    <div class="card">
      <p>What must follow an end and cannot be done yet; until then the repository stays busy:</p>
      <ul>
        {loop.waits.map(({ run, repo, kind, tries, detail }) => (
          <li key={`${run} ${kind}`}>
            {repo ?? run}: {kind}, tried {tries} times{detail !== null && `: ${detail}`}
          </li>
        ))}
      </ul>
    </div>
  )
}
