/** Work that is asked for again while it goes on is done once more afterwards, and never twice at a time. */
export function inTurn(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined
  let following: Promise<void> | undefined

  function run(): Promise<void> {
    running = work().finally(() => {
      running = undefined
    })
    return running
  }

  /** Whoever asks meanwhile waits for what begins after they asked. */
  function runNext(now: Promise<void>): Promise<void> {
    following ??= now
      .catch(() => {
        // Who asked for it is told.
      })
      .then(() => {
        following = undefined
        return run()
      })
    return following
  }

  return () => (running === undefined ? run() : runNext(running))
}

/** One work after another, in the order they were asked for: what is read is written before the next is read. */
export function queue(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work, work)
    last = mine
    return mine
  }
}

/** The same as `inTurn`, and with a pause after each time. */
export function inTurnEvery(ms: number, work: () => Promise<void>): () => void {
  const once = inTurn(async () => {
    await work()
    await new Promise((resolve) => setTimeout(resolve, ms))
  })
  return () => void once()
}
