/**
 * Which channels a ring is owed to. Pure.
 *
 * The first route that matches wins; a route matches when every condition it names holds. With no
 * routes at all, every ring goes to every channel. Whatever could match no route is a mistake in the
 * configuration, which `unrouted` finds before a ring does; should one get here all the same, it goes
 * to every channel, since a ring at the wrong place beats none.
 */
import { TERMINAL_KINDS, type TerminalKind } from './kinds.ts'
import type { Notification } from './notification.ts'

export type Route = {
  readonly kinds?: readonly TerminalKind[]
  /** Repositories as the tracker writes them; `acme/*` matches every one below `acme/`. */
  readonly repos?: readonly string[]
  /** One of these tags is enough. */
  readonly tags?: readonly string[]
  readonly channels: readonly string[]
}

export type Routing = { readonly routes: readonly Route[]; readonly channels: readonly string[] }

type Routed = Pick<Notification, 'kind' | 'tags'> & { readonly repo: string }

export function route(ring: Routed, { routes, channels }: Routing): readonly string[] {
  if (routes.length === 0) return channels
  return [...new Set(routes.find((each) => matches(each, ring))?.channels ?? channels)]
}

/** The kinds of which some ring could reach no channel: those without a route that names no repository and no tag. */
export function unrouted({ routes, channels }: Routing): readonly TerminalKind[] {
  if (channels.length === 0) return TERMINAL_KINDS
  if (routes.length === 0) return []
  const catches = (kind: TerminalKind) => (each: Route) =>
    !each.repos && !each.tags && (!each.kinds || each.kinds.includes(kind))
  return TERMINAL_KINDS.filter((kind) => !routes.some(catches(kind)))
}

function matches({ kinds, repos, tags }: Route, ring: Routed): boolean {
  if (kinds && !kinds.includes(ring.kind)) return false
  if (repos && !repos.some((pattern) => matchesRepo(pattern, ring.repo))) return false
  return !tags || tags.some((tag) => ring.tags.includes(tag))
}

function matchesRepo(pattern: string, repo: string): boolean {
  return pattern.endsWith('/*') ? repo.startsWith(pattern.slice(0, -1)) : pattern === repo
}
