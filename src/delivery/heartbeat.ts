/**
 * Feeds an outside dead-man's switch: somebody else rings when this node no longer can.
 *
 * Sent only while the node is well: its store commits and its courier runs. Else there is silence, and
 * the silence is the alarm. It says once when the far side does not take it and once when it does
 * again; neither is news for the bell, and a far side that hangs delays nothing but the next beat.
 */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import { ticker } from './ticker.ts'

export type Signal = 'start' | 'alive' | 'stop'

export type HeartbeatParts = {
  readonly everyMs: number
  /** Null: it was taken; else why not, in plain words. */
  readonly ping: (signal: Signal, body: string) => Promise<string | null>
  /** What to say of the node; null: it is not well. */
  readonly health: () => Promise<string | null>
  readonly clock: Clock
  readonly log: Log
}

export type Heartbeat = {
  start(): void
  /** Says that the node stops on purpose. */
  sayGoodbye(): Promise<void>
  stop(): Promise<void>
}

export function heartbeat(parts: HeartbeatParts, { isNew }: { isNew: boolean }): Heartbeat {
  const { everyMs, ping, health, clock, log } = parts
  let isRefused = false
  let isAnnounced = !isNew

  async function say(signal: Signal, body: string) {
    const refusal = await ping(signal, body)
    if (refusal !== null && !isRefused) log({ event: 'heartbeat-refused', detail: refusal })
    if (refusal === null && isRefused) log({ event: 'heartbeat-taken' })
    isRefused = refusal !== null
  }

  const beats = ticker(
    async () => {
      const nextAt = clock.now() + everyMs
      if (!isAnnounced) await say('start', 'the node starts')
      isAnnounced = true
      const body = await health()
      if (body !== null) await say('alive', body)
      return nextAt
    },
    { clock, log, where: 'the heartbeat' },
  )

  return {
    start: beats.wake,
    sayGoodbye: () =>
      say('stop', 'the node was stopped on purpose: nobody rings until it is up again'),
    stop: beats.stop,
  }
}
