/** Rings and channels as lines for a terminal. Pure. */
import type { z } from 'zod'

import { oneLine } from '../doorbell/text.ts'
import type { RingSummary, RingView } from '../server/schemas.ts'

type Ring = z.infer<typeof RingView>
type Summary = z.infer<typeof RingSummary>

/** Local time to the second, without the day if it is today. */
export function clockTime(iso: string, now: Date): string {
  const at = new Date(iso)
  const time = at.toTimeString().slice(0, 8)
  return at.toDateString() === now.toDateString()
    ? time
    : `${at.toISOString().slice(0, 10)} ${time}`
}

export function ringLine(ring: Summary, now: Date): string {
  const where = ring.deliveries.map(({ channel, state }) => `${channel} ${state}`).join(', ')
  return `${clockTime(ring.acceptedAt, now)}  ${ring.id}  ${ring.title}  (${where}; ${standing(ring)})`
}

export function storyLines(ring: Ring, now: Date): string[] {
  return [
    ring.title,
    ...ring.body
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => `  ${line}`),
    '',
    `${ring.id}, rung ${clockTime(ring.acceptedAt, now)} by ${ring.source}, ${standing(ring)}`,
    ...ring.deliveries.flatMap((delivery) => deliveryLines(delivery, now)),
  ]
}

function standing({ kind, acknowledged }: Summary): string {
  if (acknowledged !== null) {
    const note = acknowledged.note ? `: ${acknowledged.note}` : ''
    return oneLine(`acknowledged by ${acknowledged.by}${note}`)
  }
  return kind === 'done' ? 'needs no acknowledgement' : 'open'
}

function deliveryLines(delivery: Ring['deliveries'][number], now: Date): string[] {
  const { channel, purpose, tried, note } = delivery
  const why = purpose === 'ring' ? '' : ` (${purpose})`
  const tries = tried.map(({ at, outcome, code, detail, ms }) => {
    const said = outcome === 'accepted' ? '' : `  ${code}: ${detail}`
    return `    ${clockTime(at, now)}  ${outcome} after ${ms} ms${said}`
  })
  const says = note === null ? [] : note.split('\n').map((line) => `    says: ${line}`)
  return [`  ${channel}${why}: ${stateOf(delivery, now)}`, ...says, ...tries]
}

function stateOf(
  { state, tries, dueAt, detail, code, reference }: Ring['deliveries'][number],
  now: Date,
) {
  const count = `${tries} ${tries === 1 ? 'try' : 'tries'}`
  switch (state) {
    case 'accepted':
      return `accepted after ${count}, as ${reference}`
    case 'due':
      return `due at ${clockTime(dueAt ?? '', now)}, ${count} so far`
    case 'trying':
      return `being tried, ${count} before`
    case 'dead':
      return `dead after ${count}: ${detail}; afk resend sends it again`
    case 'dropped':
      return `dropped after ${count}: ${code}`
  }
}
