import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { TERMINAL_KINDS, type TerminalKind } from './kinds.ts'
import { type Route, route, type Routing, unrouted } from './route.ts'

const channels = ['phone', 'team', 'hook']
const frozen = { kind: 'frozen', tags: ['afk', 'escalation', 'frozen'], repo: 'acme/web' } as const
const quiet: Route = { kinds: ['done'], channels: ['phone'] }
const loud: Route = { kinds: ['needs-human', 'frozen'], channels: ['phone', 'team'] }
const rest: Route = { channels: ['hook'] }

describe('a ring', () => {
  test.each<[string, readonly Route[], readonly string[]]>([
    ['without any routes goes to every channel', [], channels],
    ['goes where its kind is routed', [quiet, loud], ['phone', 'team']],
    ['goes by the first route that matches, not the best', [rest, loud], ['hook']],
    ['goes by a route without conditions', [quiet, rest], ['hook']],
    ['goes by its repository', [{ repos: ['acme/web'], channels: ['team'] }, rest], ['team']],
    ['goes by its owner', [{ repos: ['acme/*'], channels: ['team'] }, rest], ['team']],
    [
      'of a repository like its own does not',
      [{ repos: ['acme/we'], channels: ['team'] }, rest],
      ['hook'],
    ],
    [
      'of an owner like its own does not',
      [{ repos: ['acm/*'], channels: ['team'] }, rest],
      ['hook'],
    ],
    ['of a bare owner does not', [{ repos: ['acme'], channels: ['team'] }, rest], ['hook']],
    [
      'goes by one of several repositories',
      [{ repos: ['x', 'acme/web'], channels: ['team'] }, rest],
      ['team'],
    ],
    [
      'goes by one of its tags',
      [{ tags: ['x', 'escalation'], channels: ['team'] }, rest],
      ['team'],
    ],
    ['without such a tag does not', [{ tags: ['done'], channels: ['team'] }, rest], ['hook']],
    [
      'needs every condition: the kind',
      [{ kinds: ['done'], repos: ['acme/*'], channels: ['team'] }, rest],
      ['hook'],
    ],
    [
      'needs every condition: the repository',
      [{ kinds: ['frozen'], repos: ['x'], channels: ['team'] }, rest],
      ['hook'],
    ],
    [
      'needs every condition: the tag',
      [{ kinds: ['frozen'], tags: ['x'], channels: ['team'] }, rest],
      ['hook'],
    ],
    ['that matches no route goes to every channel', [quiet], channels],
    [
      'that matches a route of no repository goes on',
      [{ repos: [], channels: ['team'] }, rest],
      ['hook'],
    ],
  ])('%s', (_, routes, reached) => {
    expect(route(frozen, { routes, channels })).toEqual(reached)
  })
})

describe('the kinds that could reach no channel', () => {
  test.each<[string, Routing, readonly TerminalKind[]]>([
    ['none without routes', { routes: [], channels }, []],
    ['all without channels', { routes: [], channels: [] }, ['done', 'needs-human', 'frozen']],
    ['none if each has a route', { routes: [quiet, loud], channels }, []],
    ['none if one route takes the rest', { routes: [quiet, rest], channels }, []],
    ['the one nobody routed', { routes: [loud], channels }, ['done']],
    [
      'one that is routed for a repository only',
      { routes: [quiet, { repos: ['acme/*'], channels }], channels },
      ['needs-human', 'frozen'],
    ],
    [
      'one that is routed for a tag only',
      { routes: [loud, { tags: ['afk'], channels }], channels },
      ['done'],
    ],
  ])('%s', (_, routing, kinds) => {
    expect(unrouted(routing)).toEqual(kinds)
  })
})

const kind = fc.constantFrom(...TERMINAL_KINDS)
const repo = fc.constantFrom('infra', 'acme/web', 'acme/api', 'other')
const pattern = fc.oneof(repo, fc.constantFrom('acme/*', 'none/*'))
const tag = fc.constantFrom('afk', 'escalation', 'done')
const conditions = fc.record(
  { kinds: fc.uniqueArray(kind), repos: fc.uniqueArray(pattern), tags: fc.uniqueArray(tag) },
  { requiredKeys: [] },
)
const routes = fc
  .array(conditions, { minLength: 1, maxLength: 5 })
  .map((all) => all.map((each, i): Route => ({ ...each, channels: [`route ${i}`] })))

test('a ring of a kind that is routed always matches a route', () => {
  const ring = fc.record({ kind, repo, tags: fc.uniqueArray(tag) })
  fc.assert(
    fc.property(routes, ring, (routes, ring) => {
      const routing = { routes, channels }
      fc.pre(!unrouted(routing).includes(ring.kind))
      expect(routes.map((each) => each.channels)).toContainEqual(route(ring, routing))
    }),
  )
})

test('some ring of a kind that is not routed matches no route', () => {
  fc.assert(
    fc.property(routes, (routes) => {
      const routing = { routes, channels }
      for (const kind of unrouted(routing))
        expect(route({ kind, repo: 'unheard-of', tags: [] }, routing)).toEqual(channels)
    }),
  )
})

test('a channel that is named twice is owed a ring once', () => {
  const routes = [{ channels: ['phone', 'phone'] }]
  const ring = { kind: 'done', tags: [], repo: 'infra' } as const
  expect(route(ring, { routes, channels: ['phone'] })).toEqual(['phone'])
})
