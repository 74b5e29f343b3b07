/** The first thing one reads: whether anybody is needed, in one sentence; below it what runs and how the bell is. */
import { useEffect } from 'preact/hooks'

import { Ago } from './ago.tsx'
import { useCell } from './cell.ts'
import { rings, status } from './desk.ts'
import type { Status } from './shapes.ts'

export function Headline({ isBrief }: { readonly isBrief: boolean }) {
  const now = useCell(status)
  useTitle(now?.open.count ?? 0)
  const lists = useCell(rings)
  if (now === null) return <h1 class="headline">Asking the node …</h1>
  const [oldest] = lists === null || lists.open.next !== null ? [] : lists.open.rings.slice(-1)
  const { count, oldestAt } = now.open
  const drills = lists?.open.rings.filter(({ source }) => source === 'drill').length ?? 0
  const needs = needWords(count, drills)
  if (isBrief)
    return (
      <h1 class={count > 0 ? 'says brief loud' : 'says brief'}>
        <a href="#/rings">{needs}</a>
      </h1>
    )
  return (
    <section class={count > 0 ? 'says loud' : 'says'} aria-label="How it stands">
      <h1 class="headline">{needs}</h1>
      {oldestAt !== null && (
        <p class="since">
          {count === 1 ? 'It is' : 'The oldest is'} {oldest?.issueRef ?? 'a ring'}, rung{' '}
          <Ago at={oldestAt} />.
        </p>
      )}
      <p class="glance">
        <a href="#/runs">{runWords(now)}</a>
        <a href="#/bell">{bellWords(now)}</a>
      </p>
    </section>
  )
}

/** Who looks at another tab sees it, too. */
function useTitle(count: number): void {
  useEffect(() => {
    document.title = count > 0 ? `(${count}) AFK` : 'AFK'
  }, [count])
}

/** For a drill no run has ended. */
function needWords(count: number, drills: number): string {
  const runs = count - drills
  if (count === 0) return 'Nobody needs you.'
  if (runs > 0) return runs === 1 ? 'One run needs you.' : `${runs} runs need you.`
  return count === 1 ? 'A drill calls you.' : `${count} drills call you.`
}

function runWords({ loop }: Status): string {
  if (!loop.armed) return 'The loop is disarmed'
  const count = loop.runs.length
  const going =
    count === 0
      ? 'No run is under way'
      : `${count} ${count === 1 ? 'run is' : 'runs are'} under way`
  if (loop.pauses.some(({ scope }) => scope === '*')) return `${going}; all is paused`
  return loop.pauses.length > 0 ? `${going}; some are paused` : going
}

export function bellWords({ ready, problems, channels }: Status): string {
  if (!ready) return `The bell is not well: ${problems.join('; ')}`
  const closed = channels.filter(({ state }) => state === 'closed').map(({ name }) => name)
  if (closed.length > 0) return `The bell is not well: ${closed.join(', ')} closed`
  const dead = channels.reduce((sum, channel) => sum + channel.dead, 0)
  const due = channels.reduce((sum, channel) => sum + channel.due, 0)
  if (dead > 0) return `${dead} ${dead === 1 ? 'delivery was' : 'deliveries were'} given up`
  if (channels.length === 0) return 'The bell has no channel'
  return due > 0 ? `The bell is well; ${due} due` : 'The bell is well'
}
