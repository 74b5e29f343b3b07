/**
 * What happens in a node, told once for each change of state: the log prints it, and live events,
 * metrics and traces are made of it. Calm text on a terminal, or one JSON document a line on request.
 * Nothing here holds a token, a URL with a secret or a ring's text beyond its title.
 */
import type { TerminalKind } from './doorbell/kinds.ts'
import type { Failed } from './doorbell/outcome.ts'
import type { LoopEvent } from './loop/tell.ts'

export type LogEvent =
  | LoopEvent
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
      readonly kind: TerminalKind
      readonly title: string
      readonly source: string
      /** From the request to the disk. */
      readonly ms: number
    }
  | { readonly event: 'ring-acknowledged'; readonly ring: string; readonly by: string }
  | {
      readonly event: 'ring-resent'
      readonly ring: string
      readonly by: string
      readonly channels: readonly string[]
    }
  | (Tried & { readonly event: 'delivery-accepted'; readonly outcome: 'accepted' })
  | (Failing & { readonly event: 'delivery-retrying'; readonly nextAt: string })
  | (Failing & { readonly event: 'delivery-held' })
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
  | { readonly event: 'rings-forgotten'; readonly count: number; readonly days: number }
  | { readonly event: 'heartbeat-refused'; readonly detail: string }
  | { readonly event: 'heartbeat-taken' }
  /** `restart`: keys whose change counts only from the next start. */
  | { readonly event: 'node-reloaded'; readonly restart: readonly string[] }
  | { readonly event: 'reload-refused'; readonly detail: string }
  | { readonly event: 'store-refusing'; readonly detail: string }
  | { readonly event: 'store-writing' }
  | { readonly event: 'spool-refused'; readonly file: string; readonly detail: string }
  | { readonly event: 'bug'; readonly where: string; readonly detail: string }

type Tried = {
  readonly ring: string
  readonly delivery: string
  readonly channel: string
  readonly tries: number
  /** When the try began, and how long it took. */
  readonly at: number
  readonly ms: number
  /** From the ring to its first try on this channel; null for every other try. */
  readonly waitedMs: number | null
}

type Failing = Tried & {
  readonly outcome: Failed['type']
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
    case 'ring-resent':
      return `sent again by ${event.by}: ${event.ring}, to ${event.channels.join(', ')}`
    case 'delivery-accepted':
      return `${event.channel} took ${event.ring}${event.tries > 1 ? ` at try ${event.tries}` : ''}`
    case 'delivery-retrying':
      return `${event.channel} try ${event.tries} of ${event.ring} ${event.outcome}: ${event.detail}; again at ${event.nextAt}`
    case 'delivery-held':
      return `${event.channel} try ${event.tries} of ${event.ring} ${event.outcome}: ${event.detail}; it waits for the channel`
    case 'delivery-dead':
      return `${event.channel} gave up ${event.ring}: ${event.detail}; afk resend ${event.ring}`
    case 'delivery-rehomed':
      return `${event.from} is gone: ${event.ring} goes to ${event.to}`
    case 'channel-closed':
      return `${event.channel} is closed: ${event.detail}; next probe at ${event.probeAt}; afk doctor once mended`
    case 'channel-opened':
      return `${event.channel} is open again`
    case 'rings-forgotten':
      return `forgot ${event.count} rings older than ${event.days} days`
    case 'heartbeat-refused':
      return `${event.detail}; the dead-man’s switch will go off unless this is mended`
    case 'heartbeat-taken':
      return 'the heartbeat is taken again'
    case 'node-reloaded':
      return `reloaded the configuration${event.restart.length === 0 ? '' : `; from the next start only: ${event.restart.join(', ')}`}`
    case 'reload-refused':
      return `kept the old configuration, since the new one cannot be used: ${event.detail}`
    case 'store-refusing':
      return event.detail
    case 'store-writing':
      return 'the store writes again'
    case 'spool-refused':
      return `${event.file} cannot be rung: ${event.detail}; kept beside the spool`
    case 'bug':
      return `a bug in ${event.where}: ${event.detail}`
    case 'run-queued':
    case 'run-ended':
    case 'loop-paused':
    case 'loop-resumed':
    case 'budget-granted':
    case 'look-failed':
    case 'issue-faulty':
    case 'chore-waits':
    case 'token-expires':
      return sayOfLoop(event)
  }
}

function sayOfLoop(event: LoopEvent): string {
  switch (event.event) {
    case 'run-queued':
      return `queued ${event.issue}: ${event.run}, by ${event.by}`
    case 'run-ended':
      return `${event.issue} ended ${event.state}: ${event.run}`
    case 'loop-paused':
      return `${scopeWords(event.scope)} is paused by ${event.by}: no new run and no new turn`
    case 'loop-resumed':
      return `${scopeWords(event.scope)} goes on, says ${event.by}`
    case 'budget-granted':
      return `${event.issue} was given more budget by ${event.by}: ${event.why}`
    case 'look-failed':
      return `could not look at ${event.repo}: ${event.detail}; it is tried again`
    case 'issue-faulty':
      return `${event.repo}: ${event.where}: ${event.detail}`
    case 'chore-waits':
      return `${event.kind} of ${event.run} waits: ${event.detail}`
    case 'token-expires':
      return `the token for ${event.server} expires at ${event.at}: mint another`
  }
}

const scopeWords = (scope: string) => (scope === '*' ? 'the loop' : scope)
