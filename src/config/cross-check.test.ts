import { describe, expect, test } from 'vitest'

import { problems } from '../../test/problems.ts'

const operator = 'operator-token-0123456789'
const ring = 'ring-token-0123456789'
const two = 'channels:\n  phone: { type: terminal }\n  team: { type: terminal }\n'

describe('routes', () => {
  test('to an unknown channel are errors, with the line', () => {
    const [problem, ...more] = problems(
      `${two}routes:\n  - channels: [phone]\n  - channels: [phon]\n`,
    )
    expect(problem).toMatch(/^afk\.yaml:6: routes\.1\.channels\.0 is not a configured channel/)
    expect(more).toEqual([])
  })

  test.each([
    ['[done]', ['needs-human', 'frozen']],
    ['[done, frozen]', ['needs-human']],
  ])('for %s alone leave kinds without a channel, each an error', (kinds, left) => {
    const found = problems(`${two}routes:\n  - { kinds: ${kinds}, channels: [phone] }\n`)
    expect(found).toHaveLength(left.length)
    for (const [index, kind] of left.entries())
      expect(found[index]).toMatch(
        new RegExp(`^afk\\.yaml:4: routes let some ${kind} ring reach no`),
      )
  })

  test('that catch a kind only for some repositories or tags do not count', () => {
    const route = (more: string) => `${two}routes:\n  - { channels: [phone], ${more} }\n`
    expect(problems(route('repos: [acme/*]'))).toHaveLength(3)
    expect(problems(route('tags: [escalation]'))).toHaveLength(3)
  })

  test('that catch every kind are good, in any number', () => {
    const routes = '  - { kinds: [done], channels: [phone] }\n  - { channels: [phone, team] }\n'
    expect(problems(`${two}routes:\n${routes}`)).toEqual([])
  })

  test('without a channel are errors', () => {
    expect(problems('routes:\n  - channels: []\n')).toEqual([
      'afk.yaml:2: routes.0.channels must name a channel',
    ])
  })
})

describe('tokens', () => {
  const tokens = (more: object) => JSON.stringify({ tokens: more })

  test('are good together, and the operator alone', () => {
    expect(problems(tokens({ operator, ring }))).toEqual([])
    expect(problems(tokens({ operator }))).toEqual([])
  })

  test('ring without operator is an error', () => {
    expect(problems(tokens({ ring }))).toEqual([
      'afk.yaml:1: tokens.ring needs tokens.operator beside it',
    ])
  })

  test('that are equal are an error', () => {
    expect(problems(tokens({ operator, ring: operator }))).toEqual([
      'afk.yaml:1: tokens.ring must differ from tokens.operator',
    ])
  })

  test.each(['operator', 'ring'])('%s that is short, or not plain ASCII, is an error', (name) => {
    const found = (token: string) => problems(tokens({ operator, ring, [name]: token }))
    expect(found('fifteen-chars-x')[0]).toMatch(`tokens.${name} must have 16 characters or more`)
    expect(found('has a space in the middle')[0]).toMatch(`tokens.${name} must be printable ASCII`)
    expect(found('ends-in-a-line-break\n')[0]).toMatch(`tokens.${name} must be printable ASCII`)
    expect(found('naïve-token-0123456789')[0]).toMatch(`tokens.${name} must be printable ASCII`)
  })

  test.each([
    ['listen', 'listen: 0.0.0.0:7333'],
    ['listen', 'listen: "[::]:7333"'],
    ['listen', 'listen: 127.0.0.1.evil.test:7333'],
    ['listen', 'listen: localhost.evil.test:7333'],
    ['publicUrl', 'publicUrl: https://afk.test'],
    ['loop.killSwitch', 'loop: { killSwitch: false }'],
  ])('%s: they are needed for "%s", and why is said', (path, text) => {
    expect(problems(text)).toEqual([
      expect.stringMatching(new RegExp(`^afk\\.yaml:1: ${path} .*tokens\\.operator`)),
    ])
    expect(problems(text, { AFK_OPERATOR_TOKEN: operator })).toEqual([])
  })

  test('are needed for a kill switch cleared by the environment too', () => {
    expect(problems('', { AFK_KILL_SWITCH: 'false' })).toHaveLength(1)
  })
})

describe('links', () => {
  test('whose template names an unknown value are an error', () => {
    expect(problems('links: { template: "{baseUrl}/{thread}" }')[0]).toMatch(
      /^afk\.yaml:1: links\.template makes no link: unknown \{thread\}/,
    )
  })

  test.each(['t3-mobile', 'javascript:alert(1)//{threadId}', 'no-scheme/{threadId}'])(
    'whose template %s no ring could show are an error, not a failure of every ring',
    (template) => {
      const text = JSON.stringify({ links: { baseUrl: 'https://t3.test', template } })
      expect(problems(text)[0]).toMatch(/links\.template/)
    },
  )

  test('take a scheme that is allowed', () => {
    const links = { baseUrl: 'https://t3.test', template: 't3-mobile', schemes: ['t3code'] }
    expect(problems(JSON.stringify({ links }))).toEqual([])
  })
})

describe('a tap', () => {
  const found = (more: object) =>
    problems(JSON.stringify({ links: { tap: true }, tokens: { operator }, ...more }))

  test('needs the address by which the node is reached, and says so', () => {
    expect(found({})).toEqual([
      'afk.yaml:1: links.tap needs publicUrl (AFK_PUBLIC_URL) beside it: a tap goes by this node',
    ])
    expect(found({ publicUrl: 'https://afk.test/below' })).toEqual([])
  })

  test.each([
    'https://ada:secret@afk.test',
    'https://afk.test/?secret',
    'https://afk.test/#secret',
  ])('puts no secret of %s into a ring: it is an error', (publicUrl) => {
    const [problem, ...more] = found({ publicUrl })
    expect([problem, more]).toEqual([
      expect.stringMatching(/^afk\.yaml:1: publicUrl must have no login/),
      [],
    ])
    expect(problem).not.toContain('secret')
    expect(found({ publicUrl, links: {} })).toEqual([])
  })
})

describe('two repositories', () => {
  const loop = (repos: string) =>
    problems(
      [
        'loop:',
        '  defaults:',
        '    executor: { type: command, argv: [agent] }',
        '    ci: { type: none }',
        '    landing: push',
        '  repos:',
        ...repos.split('\n').map((line) => `    ${line}`),
        '',
      ].join('\n'),
    )
  const files = (path: string) => `tracker: { type: files, path: ${path} }`
  const github = `tracker: { type: github, token: t, repo: Octo/infra }`

  test.each([
    [`a: { path: /srv/a, ${files('/i/a')} }\nb: { path: /srv/./a, ${files('/i/b')} }`, 'path'],
    [`a: { path: /srv/a, ${files('/i')} }\nb: { path: /srv/b, ${files('/i')} }`, 'tracker'],
    [`a: { path: /srv/a, ${github} }\nb: { path: /srv/b, ${github} }`, 'tracker'],
  ])('in one place are an error: %s', (repos, what) => {
    expect(loop(repos)).toEqual([`afk.yaml:8: loop.repos.b has the same ${what} as a`])
  })

  test('each with its own clone and tracker are good', () => {
    const repos = `a: { path: /srv/a, ${files('issues')} }\nb: { path: /srv/b, ${files('issues')} }`
    expect(loop(repos)).toEqual([])
  })
})
