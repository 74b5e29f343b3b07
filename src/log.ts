/**
 * What the node tells whoever runs it: one line for each change of state, calm text on a terminal or
 * one JSON document a line on request. No line holds a token, a URL with a secret or a ring's text
 * beyond its title.
 */
export type LogEvent =
  | {
      readonly event: 'node-started'
      readonly at: string
      readonly store: string
      readonly loop: string
    }
  | { readonly event: 'node-stopped' }
  | {
      readonly event: 'ring-accepted'
      readonly ring: string
      readonly title: string
      readonly source: string
    }
  | { readonly event: 'ring-acknowledged'; readonly ring: string; readonly by: string }
  | {
      readonly event: 'delivery-accepted'
      readonly ring: string
      readonly channel: string
      readonly tries: number
    }
  | (Failing & { readonly event: 'delivery-retrying'; readonly nextAt: string })
  | (Failing & { readonly event: 'delivery-dead' })
  | {
      readonly event: 'delivery-rehomed'
      readonly ring: string
      readonly from: string
      readonly to: string
    }
  | {
      readonly event: 'channel-closed'
      readonly channel: string
      readonly detail: string
      readonly probeAt: string
    }
  | { readonly event: 'channel-opened'; readonly channel: string }
  | { readonly event: 'store-refusing'; readonly detail: string }
  | { readonly event: 'store-writing' }
  | { readonly event: 'spool-refused'; readonly file: string; readonly detail: string }
  | { readonly event: 'bug'; readonly where: string; readonly detail: string }

type Failing = {
  readonly ring: string
  readonly channel: string
  readonly tries: number
  readonly outcome: string
  readonly code: string
  readonly detail: string
}

export type Log = (event: LogEvent) => void

export function jsonLine(event: LogEvent, now: number): string {
  return JSON.stringify({ time: new Date(now).toISOString(), ...event })
}

export function textLine(event: LogEvent, now: number): string {
  const time = new Date(now).toTimeString().slice(0, 8)
  return `${time}  ${say(event)}`
}

function say(event: LogEvent): string {
  switch (event.event) {
    case 'node-started':
      return `listening on ${event.at}, store ${event.store}, loop ${event.loop}`
    case 'node-stopped':
      return 'stopped'
    case 'ring-accepted':
      return `rang: ${event.title} (${event.ring}, by ${event.source})`
    case 'ring-acknowledged':
      return `acknowledged by ${event.by}: ${event.ring}`
    case 'delivery-accepted':
      return `${event.channel} took ${event.ring}${event.tries > 1 ? ` at try ${event.tries}` : ''}`
    case 'delivery-retrying':
      return `${event.channel} try ${event.tries} of ${event.ring} ${event.outcome}: ${event.detail}; again at ${event.nextAt}`
    case 'delivery-dead':
      return `${event.channel} gave up ${event.ring}: ${event.detail}; afk resend ${event.ring}`
    case 'delivery-rehomed':
      return `${event.from} is gone: ${event.ring} goes to ${event.to}`
    case 'channel-closed':
      return `${event.channel} is closed: ${event.detail}; next probe at ${event.probeAt}; afk doctor once mended`
    case 'channel-opened':
      return `${event.channel} is open again`
    case 'store-refusing':
      return event.detail
    case 'store-writing':
      return 'the store writes again'
    case 'spool-refused':
      return `${event.file} cannot be rung: ${event.detail}; kept beside the spool`
    case 'bug':
      return `a bug in ${event.where}: ${event.detail}`
  }
}
