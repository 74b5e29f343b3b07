import { expect, onTestFinished, test } from 'vitest'

import { closedPort } from '../../test/listen.ts'
import { open } from '../../test/t3/open.ts'
import { systemClock as clock } from '../clock.ts'
import { parseConfig } from '../config/load.ts'
import { t3Client } from '../t3/client.ts'
import { threadPages } from './thread-pages.ts'

type Executor = { readonly url: string; readonly token: string }

/** Of `infra`, whose agents are in T3 Code; `web`'s are a command's. */
function pagesAt({ url, token }: Executor) {
  const around = { tracker: { type: 'files', path: 'issues' }, ci: { type: 'none' } }
  const command = { type: 'command', argv: ['agent'] }
  const repos = {
    infra: { path: '/srv/infra', executor: { type: 't3', url, token } },
    web: { path: '/srv/web', executor: command },
  }
  const loop = { defaults: { ...around, landing: 'push' }, repos }
  const config = parseConfig(JSON.stringify({ loop }), { file: null, env: {} })
  return threadPages(config, {
    for(of) {
      const client = t3Client({ url: of.url, token: () => of.token, clock, reuseMs: 0 })
      onTestFinished(() => client.close())
      return client
    },
  })
}

const runIn = (repo: string, environmentId: string | null = 'e-1') => {
  return { issue: { repo, number: 42 }, threadId: 't1', environmentId }
}

test.each(['27', '32', '0821'] as const)(
  'T3 Code %s shows a thread that is there, and none that a person put away',
  async (version) => {
    const { t3, thread } = await open({ version })
    const landsAt = pagesAt(t3)
    expect(await landsAt(runIn('infra'))).toBe(false)
    await thread()
    expect(await landsAt(runIn('infra'))).toBe(true)
    t3.people.archive('t1')
    expect(await landsAt(runIn('infra'))).toBe(false)
    t3.people.unarchive('t1')
    expect(await landsAt(runIn('infra'))).toBe(true)
    t3.people.delete('t1')
    expect(await landsAt(runIn('infra'))).toBe(false)
  },
)

test('T3 Code that does not answer, or refuses the token, shows nothing', async () => {
  const { t3, thread } = await open()
  await thread()
  expect(await pagesAt({ url: await closedPort(), token: 'x' })(runIn('infra'))).toBe(false)
  expect(await pagesAt({ url: t3.url, token: 'x' })(runIn('infra'))).toBe(false)
})

test('of an executor that cannot be asked, the owner’s word counts', async () => {
  const landsAt = pagesAt({ url: await closedPort(), token: 'x' })
  expect(await landsAt(runIn('web', null))).toBe(true)
})

test('of a repository that is not enrolled any more, no thread of T3 Code is shown', async () => {
  const landsAt = pagesAt({ url: await closedPort(), token: 'x' })
  expect(await landsAt(runIn('gone'))).toBe(false)
  expect(await landsAt(runIn('gone', null))).toBe(true)
})
