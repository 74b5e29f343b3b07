/**
 * Rounds over many: all of them at once at first, then each at a place of its own within the interval. Pure.
 *
 * So that many are no burst, for which whoever shares their token would wait. What was missed, since the machine
 * slept or its clock was set, is made up for once, and each has its place again.
 */
export type Rounds = {
  /** Those whose turn has come; asked again at the same instant: none. */
  due(now: number): readonly string[]
  /** When the next is due. */
  nextAt(): number
}

export function rounds(keys: readonly string[], everyMs: number): Rounds {
  const places = keys.map((key, i) => ({ key, placeMs: (everyMs * (i + 1)) / keys.length }))
  const dueAt = new Map<string, number>()

  function isDue(key: string, now: number): boolean {
    const at = dueAt.get(key)
    // Further away than a round is: the clock was set back.
    return at === undefined || at <= now || at - now > everyMs
  }

  function after(key: string, placeMs: number, now: number): number {
    const at = dueAt.get(key) ?? -Infinity
    return at <= now && at + everyMs > now ? at + everyMs : now + placeMs
  }

  return {
    due(now) {
      const due = places.filter(({ key }) => isDue(key, now))
      for (const { key, placeMs } of due) dueAt.set(key, after(key, placeMs, now))
      return due.map(({ key }) => key)
    },
    nextAt: () => Math.min(...dueAt.values()),
  }
}
