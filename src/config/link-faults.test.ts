import { expect, test } from 'vitest'

import { linkFaults } from './link-faults.ts'
import { parseConfig } from './load.ts'

const t3 = { type: 't3', url: 'http://127.0.0.1:3773', token: 't' }
const command = { type: 'command', argv: ['agent'] }

/** What is said of a template where the agents of `infra`, and of nothing else, are in T3 Code. */
function faults(template: string | null, loop: object = { repos: { infra: { executor: t3 } } }) {
  const links = { schemes: ['t3code'], ...(template !== null && { template }) }
  const config = parseConfig(JSON.stringify({ links, loop }), { file: null, env: {} })
  return linkFaults(config).map(({ what }) => what)
}

test.each([
  't3',
  't3-mobile',
  '{baseUrl}/{environmentId}/{threadId}?diff=1',
  'https://app.t3.codes/{environmentId}/{threadId}',
])('%s leads to a thread of T3 Code', (template) => {
  expect(faults(template)).toEqual([])
})

test.each([
  [null, /^links\.template is thread-query, whose \/\?thread= opens a new draft .* of infra,/],
  ['{baseUrl}/?thread={threadId}', /^links\.template has no \{environmentId\}, /],
  ['{baseUrl}/{environmentId}', /^links\.template has no \{threadId\}, /],
  ['{baseUrl}/', /^links\.template has no \{environmentId\} and no \{threadId\}, /],
])('%s does not, and why is said', (template, what) => {
  expect(faults(template)).toEqual([expect.stringMatching(what)])
})

test('it is said of those repositories alone whose agents are in T3 Code', () => {
  const repos = { web: { executor: command }, infra: {}, api: {} }
  expect(faults(null, { defaults: { executor: t3 }, repos })).toEqual([
    expect.stringMatching(/ of infra, api, /),
  ])
  expect(faults(null, { defaults: { executor: t3 } })).toEqual([])
  expect(faults(null, { defaults: { executor: command }, repos })).toEqual([])
})
