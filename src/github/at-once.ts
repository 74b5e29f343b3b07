/** So many at once, and the others in the order they came; one that fails makes room like any other. */
export type AtOnce = <T>(run: () => Promise<T>) => Promise<T>

export function atOnce(most: number): AtOnce {
  const waiting: Array<() => void> = []
  let running = 0
  return async (run) => {
    if (running >= most) await new Promise<void>((go) => waiting.push(go))
    else running += 1
    try {
      return await run()
    } finally {
      // Whoever is next takes over this place.
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}
