/**
 * Work that belongs to keys: for each key one at a time, for different keys side by side.
 *
 * A `wake` while a key is worked at is not lost: it is worked at once more. One key that hangs holds up no
 * other. Work that throws is told, and ends that one piece of work alone.
 */
export type Lanes = {
  wake(key: string): void
  /** Works no more; resolves when the work under way has ended. */
  stop(): Promise<void>
}

export type LanesParts = {
  readonly work: (key: string) => Promise<void>
  readonly failed: (key: string, error: unknown) => void
}

type Lane = { isWokenAgain: boolean; over: Promise<void> }

export function lanes({ work, failed }: LanesParts): Lanes {
  const busy = new Map<string, Lane>()
  let isStopped = false

  const isOver = () => isStopped
  const mayGoOn = (lane: Lane) => lane.isWokenAgain && !isOver()

  async function goOn(key: string, lane: Lane) {
    for (;;) {
      lane.isWokenAgain = false
      try {
        await work(key)
      } catch (error) {
        // What was called off by the stop is no fault.
        if (!isOver()) failed(key, error)
      }
      if (!mayGoOn(lane)) break
    }
    busy.delete(key)
  }

  return {
    wake(key) {
      if (isStopped) return
      const known = busy.get(key)
      if (known !== undefined) {
        known.isWokenAgain = true
        return
      }
      const lane: Lane = { isWokenAgain: false, over: Promise.resolve() }
      busy.set(key, lane)
      lane.over = goOn(key, lane)
    },
    async stop() {
      isStopped = true
      await Promise.all([...busy.values()].map(({ over }) => over))
    },
  }
}
