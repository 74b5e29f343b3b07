/**
 * Work that is done whenever there may be some: one at a time, and again when its time has come.
 *
 * A `wake` while it works is not lost: it works once more, since what has just become due may have come
 * too late for the work under way. A bug ends one tick, not the ticker: it is told, and a minute later
 * tried again.
 */
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

export type Ticker = {
  wake(): void
  /** Since when it has been at the work it is at; null: it is at none. */
  busySince(): number | null
  /** Works no more; resolves when the work under way has ended. */
  stop(): Promise<void>
}

export type TickerParts = { readonly clock: Clock; readonly log: Log; readonly where: string }

const afterBugMs = 60_000

/** `work` says when it wants to work again by itself; null: only when it is woken. */
export function ticker(work: () => Promise<number | null>, parts: TickerParts): Ticker {
  const { clock, log, where } = parts
  let working = Promise.resolve()
  let isWorking = false
  let startedAt = 0
  let isWokenAgain = false
  let isStopped = false
  let callOff = () => {}

  function wake() {
    isWokenAgain = isWorking
    if (isWorking || isStopped) return
    callOff()
    isWorking = true
    startedAt = clock.now()
    working = tick()
  }

  /** A clock wakes early, so that one that was set back is noticed; otherwise it is too soon to work. */
  function sleepUntil(next: number) {
    const asleepAt = clock.now()
    callOff = clock.wakeAt(next, () => {
      const now = clock.now()
      if (now < next && now >= asleepAt) sleepUntil(next)
      else wake()
    })
  }

  async function tick() {
    const next = await work().catch((error: unknown) => {
      if (isStopped) return null
      log({
        event: 'bug',
        where,
        detail: error instanceof Error ? `${error.stack}` : String(error),
      })
      return clock.now() + afterBugMs
    })
    isWorking = false
    if (isStopped) return
    if (isWokenAgain || (next !== null && next <= clock.now())) wake()
    else if (next !== null) sleepUntil(next)
  }

  return {
    wake,
    busySince: () => (isWorking ? startedAt : null),
    async stop() {
      isStopped = true
      callOff()
      await working
    },
  }
}
