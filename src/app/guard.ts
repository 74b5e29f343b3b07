/** What a reload may not take from a node that runs. Pure. */
import { isLoopback } from '../config/loopback.ts'
import type { Config } from '../config/schema.ts'

/** Throws: the address stays until the next start, and what guards it must stay, too. */
export function assertGuarded(
  next: Pick<Config, 'tokens'>,
  { listen: { host } }: Pick<Config, 'listen'>,
): void {
  if (isLoopback(host) || next.tokens.operator !== undefined) return
  throw new Error(`others can reach ${host}: tokens.operator can go only with a new start`)
}
