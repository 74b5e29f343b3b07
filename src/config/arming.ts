/**
 * Whether the loop may run, and what is missing. Pure.
 *
 * A terminal reaches nobody who is away, so it does not count as a channel here.
 */
import { enrolled } from './enrolled.ts'
import type { Config } from './schema.ts'

export type Arming = { readonly armed: boolean; readonly missing: readonly string[] }

/** `isAttended`: somebody sits in front of it, as of a demo, and a terminal reaches them. */
export function arming(
  { loop, channels, tokens }: Config,
  { isAttended = false }: { isAttended?: boolean } = {},
): Arming {
  const reaches = isAttended || Object.values(channels).some(({ type }) => type !== 'terminal')
  const { missing: gaps } = enrolled(loop)
  const missing = [
    ...(loop.killSwitch ? ['the kill switch is on (loop.killSwitch)'] : []),
    ...(Object.keys(loop.repos).length === 0 ? ['no repository is enrolled (loop.repos)'] : []),
    ...gaps,
    ...(reaches ? [] : ['no channel reaches you when you are away (channels)']),
    ...(tokens.operator === undefined ? ['the API has no token (tokens.operator)'] : []),
  ]
  return { armed: missing.length === 0, missing }
}
