/**
 * Asks about an issue again only once the issue has changed.
 *
 * GitHub tells instants to the second: what happened in the same second as a change may come after the first
 * look at it. So what was seen counts from a look that is five seconds younger than the first sight of that
 * version, by the monotonic clock. What fails is not kept, and neither is what is not worth keeping.
 */
import type { Clock } from '../../clock.ts'

export type SinceChanged<T> = (number: number, version: string, ask: () => Promise<T>) => Promise<T>

type Known<T> = {
  readonly version: string
  readonly firstSeenAt: number
  /** Null: none that counts. */
  readonly answer: { readonly is: T } | null
}

const settlesMs = 5_000
const most = 2_000

export function sinceChanged<T>(
  clock: Clock,
  isWorthKeeping: (answer: T) => boolean,
): SinceChanged<T> {
  const known = new Map<number, Known<T>>()

  function keep(number: number, it: Known<T>) {
    known.delete(number)
    known.set(number, it)
    const [oldest] = known.keys()
    if (known.size > most && oldest !== undefined) known.delete(oldest)
  }

  return async (number, version, ask) => {
    const before = known.get(number)
    const isSame = before?.version === version
    if (isSame && before.answer !== null) return before.answer.is
    const now = clock.monotonic()
    const firstSeenAt = isSame ? before.firstSeenAt : now
    keep(number, { version, firstSeenAt, answer: null })
    const is = await ask()
    if (now - firstSeenAt >= settlesMs && isWorthKeeping(is))
      keep(number, { version, firstSeenAt, answer: { is } })
    return is
  }
}
