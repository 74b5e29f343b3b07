/**
 * What became of a delivery and of each of its tries, in plain words. Pure.
 *
 * `accepted by phone after 3 tries; the second got no answer`. A try says only what is known of it: what got no
 * answer is never called failed. Many tries that went alike are told as one.
 */
import { oneLine } from '../doorbell/text.ts'
import type { FailureCode } from '../doorbell/outcome.ts'
import type { DeliveryStory, TryStory } from '../store/rings.ts'

type Told = Pick<
  DeliveryStory,
  'channel' | 'state' | 'isTrying' | 'code' | 'detail' | 'tries' | 'purpose'
>

export function deliveryWords(delivery: Told): string {
  // What killed it at once is said already.
  const isToldAlready = delivery.state === 'dead' && delivery.tries.length === 1
  const before = isToldAlready ? '' : triesWords(delivery.tries)
  return `${purposeWords[delivery.purpose]}${standing(delivery)}${before === '' ? '' : `; ${before}`}`
}

/** One try by itself. */
export function tryWords({ outcome, code, detail, ms }: TryStory): string {
  if (outcome === 'accepted') return `accepted after ${ms} ms`
  const why = detail === null ? '' : `: ${oneLine(detail)}`
  return `${howWords(code)}${why}`
}

const purposeWords: Readonly<Record<DeliveryStory['purpose'], string>> = {
  ring: '',
  're-ring': 'rung again: ',
  report: 'told of a channel that gave it up: ',
  resend: 'sent again: ',
  update: 'an update: ',
}

function standing({ channel, state, isTrying, code, detail, tries }: Told): string {
  const count = tries.length
  switch (state) {
    case 'accepted':
      return count > 1 ? `accepted by ${channel} after ${count} tries` : `accepted by ${channel}`
    case 'dead':
      return `${channel} gave it up after ${triesIn(count)}: ${oneLine(detail ?? code ?? 'nobody knows why')}`
    case 'dropped':
      return `not sent to ${channel} any more: ${why(code)}`
    case 'due':
      if (isTrying) return `being sent to ${channel} now`
      if (tries.at(-1)?.code === 'credential') return `waits until ${channel} is open again`
      return count === 0 ? `waits for ${channel}` : `waits for ${channel}, tried ${timesOf(count)}`
  }
}

function why(code: string | null): string {
  if (code === 'acknowledged') return 'somebody had acknowledged it'
  if (code === 'superseded') return 'it was sent again instead'
  return code === 'channel-removed' ? 'the channel is gone' : (code ?? 'nobody knows why')
}

const triesIn = (count: number) => `${count} ${count === 1 ? 'try' : 'tries'}`
const timesOf = (count: number) => (['', 'once', 'twice'] as const)[count] ?? `${count} times`

const shownSpans = 3

/** The tries that were not accepted; empty: there were none, or none that the rest does not tell already. */
function triesWords(tries: readonly TryStory[]): string {
  const spans = spansOf(tries.filter(({ outcome }) => outcome !== 'accepted'))
  const told = spans.slice(-shownSpans).map(({ from, to, code }) => {
    return `${span(from, to)} ${howWords(code)}`
  })
  return spans.length > shownSpans ? `last, ${told.join(', ')}` : told.join(', ')
}

type Span = { readonly from: number; readonly to: number; readonly code: string | null }

/** Neighbours that went alike as one. */
function spansOf(tries: readonly TryStory[]): readonly Span[] {
  return tries.reduce<readonly Span[]>((spans, { number, code }) => {
    const last = spans.at(-1)
    if (last === undefined || last.code !== code || last.to !== number - 1)
      return [...spans, { from: number, to: number, code }]
    return [...spans.slice(0, -1), { ...last, to: number }]
  }, [])
}

function span(from: number, to: number): string {
  if (from === to) return `the ${ordinal(from)}`
  return to === from + 1 ? `the ${ordinal(from)} and ${ordinal(to)}` : `tries ${from} to ${to}`
}

const ordinals = ['', 'first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh'] as const
const ordinal = (number: number) => ordinals[number] ?? `${number}${endingOf(number)}`

function endingOf(number: number): string {
  const isTeen = number % 100 >= 11 && number % 100 <= 13
  return isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th')
}

const byCode: Readonly<Record<FailureCode, string>> = {
  credential: 'had its credential refused',
  invalid: 'was refused as it is',
  'not-found': 'found nobody there',
  redirected: 'was sent elsewhere',
  'too-large': 'was too large',
  'rate-limited': 'was told to wait',
  server: 'met a fault of the receiver',
  'not-understood': 'got an answer that makes no sense',
  network: 'did not get through',
  timeout: 'got no answer',
  'lease-expired': 'was cut off with the node',
}

/** What happened to a try that was not accepted, after its number: `the second got no answer`. */
export function howWords(code: string | null): string {
  return Object.hasOwn(byCode, code ?? '') ? byCode[code as FailureCode] : 'went wrong'
}
