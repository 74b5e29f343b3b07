/** An instant as a person reads it: how long ago, by the node's clock; the absolute one is in its title. */

import { nodeNow } from './ask.ts'
import { cell, useCell } from './cell.ts'

const drawEveryMs = 10_000

const beat = cell(0)
setInterval(() => beat.set(beat.get() + 1), drawEveryMs)

/** Draws whoever calls it again every ten seconds. */
export function useBeat(): void {
  useCell(beat)
}

export function Ago({ at }: { readonly at: string }) {
  useBeat()
  return (
    <time dateTime={at} title={absolute(at)}>
      {agoWords(nodeNow() - Date.parse(at))}
    </time>
  )
}

/** How long it has gone on. */
export function Since({ at }: { readonly at: string }) {
  useBeat()
  return (
    <time dateTime={at} title={absolute(at)}>
      for {spanWords(Math.max(0, nodeNow() - Date.parse(at)))}
    </time>
  )
}

export function absolute(at: string): string {
  return new Date(at).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' })
}

function agoWords(ms: number): string {
  if (ms < -1_500) return `in ${spanWords(-ms)}`
  return ms < 5_000 ? 'just now' : `${spanWords(ms)} ago`
}

export function spanWords(ms: number): string {
  const seconds = Math.round(ms / 1_000)
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.round(minutes / 60)
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`
}

/** Short times, as of a try. */
export function durationWords(ms: number): string {
  return ms < 1_000 ? `${ms} ms` : ms < 60_000 ? `${Math.round(ms / 100) / 10} s` : spanWords(ms)
}
