/**
 * Whose turn it is within a channel: escalations first, oldest first. Pure.
 *
 * A `done` never starves: when nine escalations in a row have passed a waiting one, it goes next.
 */
export const MAX_PASSED = 9

export type Waiting<T> = { readonly loud: readonly T[]; readonly quiet: readonly T[] }

/** Up to `limit` in the order they go out, and how many escalations in a row have then passed a waiting `done`. */
export function takeTurns<T>(
  { loud, quiet }: Waiting<T>,
  { limit, passed }: { readonly limit: number; readonly passed: number },
): { readonly chosen: readonly T[]; readonly passed: number } {
  const chosen: T[] = []
  let [nextLoud, nextQuiet, run] = [0, 0, passed]
  while (chosen.length < limit) {
    const soft = quiet[nextQuiet]
    const next = loud[nextLoud]
    if (next !== undefined && (soft === undefined || run < MAX_PASSED)) {
      chosen.push(next)
      nextLoud += 1
      run = soft === undefined ? 0 : run + 1
    } else if (soft !== undefined) {
      chosen.push(soft)
      nextQuiet += 1
      run = 0
    } else break
  }
  return { chosen, passed: run }
}
