/**
 * What no single key can say: that the parts of a configuration fit each other. Pure.
 */
import { unrouted } from '../doorbell/route.ts'
import { linkFor } from '../doorbell/link.ts'
import { type Enrolled, enrolled } from './enrolled.ts'
import { isLoopback } from './loopback.ts'
import type { Config } from './schema.ts'

type Found = { readonly path: readonly (string | number)[]; readonly message: string }

export function crossCheck(config: Config): readonly Found[] {
  return [
    ...routesOf(config),
    ...tokensOf(config),
    ...linksOf(config),
    ...tapOf(config),
    ...retentionOf(config),
    ...githubOf(config),
    ...twinsOf(config),
  ]
}

function routesOf({ routes, channels }: Config): readonly Found[] {
  const names = Object.keys(channels)
  const strangers = routes.flatMap((route, index) =>
    route.channels.flatMap((name, place) => {
      const path = ['routes', index, 'channels', place]
      if (!names.includes(name)) return [{ path, message: 'is not a configured channel' }]
      return route.channels.indexOf(name) === place ? [] : [{ path, message: 'is named twice' }]
    }),
  )
  if (routes.length === 0 || strangers.length > 0) return strangers
  return unrouted({ routes, channels: names }).map((kind) => ({
    path: ['routes'],
    message: `let some ${kind} ring reach no channel: add a last route for it without repos and tags`,
  }))
}

/** Two names for one clone or one tracker would be two agents at one time in it. */
function twinsOf({ loop }: Config): readonly Found[] {
  const seen = new Map<string, string>()
  return enrolled(loop).repos.flatMap((repo) =>
    placesOf(repo).flatMap((place) => {
      const first = seen.get(place)
      seen.set(place, first ?? repo.name)
      if (first === undefined) return []
      const [what = ''] = place.split(' ')
      return [{ path: ['loop', 'repos', repo.name], message: `has the same ${what} as ${first}` }]
    }),
  )
}

function placesOf({ name, path, tracker }: Enrolled): readonly string[] {
  const clone = absolute(path, '/')
  if (tracker.type === 'files')
    return [`path ${clone}`, `tracker ${absolute(tracker.path, `${clone}/`)}`]
  return [`path ${clone}`, `tracker ${tracker.baseUrl} ${(tracker.repo ?? name).toLowerCase()}`]
}

/** Without dots and doubled slashes in it. What is relative is so to the same folder, whichever that is. */
function absolute(path: string, below: string): string {
  const spelled = path.split('/').map(encodeURIComponent).join('/')
  const { pathname } = new URL(spelled, `file://${below}`)
  return decodeURIComponent(pathname)
    .replace(/\/+/g, '/')
    .replace(/(?<=.)\/$/, '')
}

/** Its name stands for the repository on GitHub, unless that is written beside it. */
function githubOf({ loop: { defaults, repos } }: Config): readonly Found[] {
  return Object.entries(repos).flatMap(([name, own]) => {
    const tracker = own.tracker ?? defaults.tracker
    if (tracker?.type !== 'github' || tracker.repo !== undefined) return []
    if (/^[\w.-]+\/[\w.-]+$/.test(name)) return []
    const message = 'must be OWNER/NAME, or its tracker must name the repo'
    return [{ path: ['loop', 'repos', name], message }]
  })
}

/** A key must not outlive its ring: the same news would ring twice. */
function retentionOf({ retention, dedupeFor }: Config): readonly Found[] {
  if (retention.days * 24 * 60 * 60_000 >= dedupeFor) return []
  return [{ path: ['retention', 'days'], message: 'must be at least as long as dedupeFor' }]
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

/** It stands in every ring: a login in it would be told to whoever hears one. */
function tapOf({ links, publicUrl }: Config): readonly Found[] {
  if (!links.tap) return []
  if (publicUrl === undefined) {
    const message = 'needs publicUrl (AFK_PUBLIC_URL) beside it: a tap goes by this node'
    return [{ path: ['links', 'tap'], message }]
  }
  const { username, password, search, hash } = new URL(publicUrl)
  if (`${username}${password}${search}${hash}` === '') return []
  const message = 'must have no login, no query and no fragment with links.tap: rings carry it'
  return [{ path: ['publicUrl'], message }]
}

/** Makes a link as a ring would, so that no ring is the first to find out that it cannot be made. */
function linksOf({ links }: Config): readonly Found[] {
  const { baseUrl = 'https://t3.example', template: link, schemes } = links
  const issue = { repo: 'infra', number: 42 }
  const event = { kind: 'done', issue, threadId: 't-1', environmentId: 'e-1', detail: '' } as const
  try {
    linkFor(event, { baseUrl, link, schemes })
    return []
  } catch (error) {
    const reason = error instanceof TypeError ? error.message : 'unknown'
    return [{ path: ['links', 'template'], message: `makes no link: ${reason}` }]
  }
}
