/**
 * What no single key can say: that the parts of a configuration fit each other. Pure.
 */
import { unrouted } from '../doorbell/route.ts'
import { templateOf } from '../doorbell/link.ts'
import { isLoopback } from './loopback.ts'
import type { Config } from './schema.ts'

type Found = { readonly path: readonly (string | number)[]; readonly message: string }

export function crossCheck(config: Config): readonly Found[] {
  return [...routesOf(config), ...tokensOf(config), ...linksOf(config)]
}

function routesOf({ routes, channels }: Config): readonly Found[] {
  const names = Object.keys(channels)
  const strangers = routes.flatMap((route, index) =>
    route.channels
      .filter((name) => !names.includes(name))
      .map((name) => ({
        path: ['routes', index, 'channels'],
        message: `names the channel ${name}, which is not configured`,
      })),
  )
  if (routes.length === 0 || strangers.length > 0) return strangers
  return unrouted({ routes, channels: names }).map((kind) => ({
    path: ['routes'],
    message: `let some ${kind} ring reach no channel: add a last route for it without repos and tags`,
  }))
}

function tokensOf({ tokens, listen, publicUrl, loop }: Config): readonly Found[] {
  const { operator, ring } = tokens
  if (ring !== undefined && operator === undefined)
    return [{ path: ['tokens', 'ring'], message: 'needs tokens.operator beside it' }]
  if (operator !== undefined)
    return operator === ring
      ? [{ path: ['tokens', 'ring'], message: 'must differ from tokens.operator' }]
      : []
  const mend = 'needs tokens.operator (AFK_OPERATOR_TOKEN), since others could reach the API'
  return [
    ...(isLoopback(listen.host) ? [] : [{ path: ['listen'], message: mend }]),
    ...(publicUrl === undefined ? [] : [{ path: ['publicUrl'], message: mend }]),
    ...(loop.killSwitch
      ? []
      : [
          { path: ['loop', 'killSwitch'], message: 'can be cleared only with tokens.operator set' },
        ]),
  ]
}

function linksOf({ links }: Config): readonly Found[] {
  try {
    templateOf(links.template)
    return []
  } catch (error) {
    return [{ path: ['links', 'template'], message: `has an ${(error as TypeError).message}` }]
  }
}
