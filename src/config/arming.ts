/**
 * Whether the loop may run, and what is missing. Pure.
 *
 * A terminal reaches nobody who is away, so it does not count as a channel here.
 */
import type { Config } from './schema.ts'

export type Arming = { readonly armed: boolean; readonly missing: readonly string[] }

export function arming({ loop, channels, tokens }: Config): Arming {
  const reaches = Object.values(channels).some(({ type }) => type !== 'terminal')
  const missing = [
    ...(loop.killSwitch ? ['the kill switch is on (loop.killSwitch)'] : []),
    ...(Object.keys(loop.repos).length === 0 ? ['no repository is enrolled (loop.repos)'] : []),
    ...(reaches ? [] : ['no channel reaches you when you are away (channels)']),
    ...(tokens.operator === undefined ? ['the API has no token (tokens.operator)'] : []),
    'this version has the bell only, no loop yet',
  ]
  return { armed: missing.length === 0, missing }
}
