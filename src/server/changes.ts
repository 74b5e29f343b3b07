/**
 * The last changes of a node, for whoever follows them: what to read again, and nothing more. Pure but
 * for its own memory.
 *
 * Each has an id of its own, which no other node and no earlier start of this one has used. Who was
 * away names the last id it saw and gets what came since; where that is no longer known, one `resync`.
 */
import type { LogEvent } from '../log.ts'

export type Change =
  | { readonly type: 'ring'; readonly id: string }
  | { readonly type: 'delivery'; readonly id: string; readonly ring: string }
  | { readonly type: 'channel'; readonly id: string }
  | { readonly type: 'run'; readonly id: string }
  /** Its pauses, or what was granted. */
  | { readonly type: 'loop' }

export type Changes = {
  /** As a frame of the stream: https://html.spec.whatwg.org/multipage/server-sent-events.html */
  add(change: Change): string
  /** Frames for whoever saw this id last; null: was never here before, and wants only what comes. */
  since(lastId: string | null): string
}

export type ChangesOptions = {
  /** Tells this start of the node from every other. */
  readonly boot: string
  readonly kept: number
}

export function changes({ boot, kept }: ChangesOptions): Changes {
  const frames: string[] = []
  let count = 0

  return {
    add(change) {
      count += 1
      const frame = frameOf(`${boot}-${count}`, change)
      frames[count % kept] = frame
      return frame
    },
    since(lastId) {
      // Without data it is no event, and yet the client knows where it stands.
      const here = `id: ${boot}-${count}\n\n`
      if (lastId === null) return here
      const [, from = '', number = ''] = /^(.*)-(\d+)$/.exec(lastId) ?? []
      const seen = Number(number)
      if (from !== boot || seen > count || count - seen > kept)
        return frameOf(`${boot}-${count}`, { type: 'resync' })
      const missed = Array.from({ length: count - seen }, (_, i) => frames[(seen + 1 + i) % kept])
      return missed.join('') || here
    },
  }
}

function frameOf(id: string, data: object): string {
  return `id: ${id}\ndata: ${JSON.stringify(data)}\n\n`
}

/** Null: nothing that anybody would read again. */
export function changeOf(event: LogEvent): Change | null {
  switch (event.event) {
    case 'ring-accepted':
    case 'ring-acknowledged':
    case 'ring-resent':
    case 'delivery-rehomed':
      return { type: 'ring', id: event.ring }
    case 'delivery-accepted':
    case 'delivery-retrying':
    case 'delivery-held':
    case 'delivery-dead':
      return { type: 'delivery', id: event.delivery, ring: event.ring }
    case 'channel-closed':
    case 'channel-opened':
      return { type: 'channel', id: event.channel }
    case 'run-queued':
    case 'run-ended':
    case 'chore-waits':
      return { type: 'run', id: event.run }
    case 'loop-paused':
    case 'loop-resumed':
    case 'budget-granted':
      return { type: 'loop' }
    case 'look-failed':
    case 'issue-faulty':
    case 'token-expires':
    case 'node-started':
    case 'node-stopped':
    case 'rings-forgotten':
    case 'heartbeat-refused':
    case 'heartbeat-taken':
    case 'node-reloaded':
    case 'reload-refused':
    case 'store-refusing':
    case 'store-writing':
    case 'spool-refused':
    case 'bug':
      return null
  }
}
