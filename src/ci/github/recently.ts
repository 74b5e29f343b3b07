/**
 * What was asked recently is not asked again: whoever asks gets what the last one got, its error, too.
 *
 * Those who ask at the same time share one answer. What was dropped is asked anew.
 */
import type { Clock } from '../../clock.ts'

export type Recently<T> = {
  of(key: string, ask: () => Promise<T>): Promise<T>
  drop(key: string): void
}

type Asked<T> = { readonly at: number; readonly answer: Promise<T> }

const most = 1_000

/** `ms`: from the beginning of one to the beginning of the next. */
export function recently<T>(ms: number, clock: Clock): Recently<T> {
  const asked = new Map<string, Asked<T>>()
  return {
    of(key, ask) {
      const last = asked.get(key)
      const at = clock.monotonic()
      if (last !== undefined && at - last.at < ms) return last.answer
      const answer = ask()
      asked.delete(key)
      asked.set(key, { at, answer })
      const [oldest] = asked.keys()
      if (asked.size > most && oldest !== undefined) asked.delete(oldest)
      return answer
    },
    drop: (key) => void asked.delete(key),
  }
}
