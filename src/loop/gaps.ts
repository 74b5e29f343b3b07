/**
 * How far apart something happens at each of many keys, as it was seen and not as it was meant.
 *
 * What has not happened for longer than before counts with the time that has gone by. By the monotonic
 * clock: a clock that is set changes nothing.
 */
import type { Clock } from '../clock.ts'

export type Gaps = {
  happened(key: string): void
  /** The median over these keys. Null: at none of them it happened twice. */
  apartMs(keys: readonly string[]): number | null
}

type Seen = { readonly at: number; readonly apartMs: number | null }

export function gaps({ monotonic }: Pick<Clock, 'monotonic'>): Gaps {
  const seen = new Map<string, Seen>()

  function apart(key: string): readonly number[] {
    const { at, apartMs = null } = seen.get(key) ?? { at: 0 }
    return apartMs === null ? [] : [Math.max(apartMs, monotonic() - at)]
  }

  return {
    happened(key) {
      const at = monotonic()
      const before = seen.get(key)
      seen.set(key, { at, apartMs: before === undefined ? null : at - before.at })
    },
    apartMs(keys) {
      const all = keys.flatMap(apart).toSorted((one, other) => one - other)
      return all[Math.floor(all.length / 2)] ?? null
    },
  }
}
