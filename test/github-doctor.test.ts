/** What `afk doctor` says of a repository on GitHub where one thing is wrong, from the command line and without a node. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { afk } from './afk.ts'
import { open, type Opened } from './github/open.ts'
import { closedPort } from './listen.ts'
import { repository } from './repository.ts'
import { temporaryFolder } from './temporary.ts'

type Far = { readonly token: string; readonly baseUrl: string }

/** All that arms a loop on `octo/infra`, whose checks and labels are there. */
async function ground(of: (opened: Opened) => Partial<Far> | Promise<Partial<Far>>) {
  const opened = await open()
  const { github, repository: repo } = opened
  repo.workflowRun(repo.push('main')).finish('success')
  repo.label('ready-for-agent')
  const far = { baseUrl: github.url, token: opened.token, ...(await of(opened)) }
  const folder = temporaryFolder()
  const config = join(folder, 'afk.yaml')
  const path = (await (await repository()).clone()).path
  const tree = {
    store: { type: 'sqlite', path: join(folder, '.afk/afk.db') },
    channels: { phone: { type: 'terminal' } },
    loop: {
      defaults: {
        executor: { type: 'command', argv: [process.execPath, '--version'] },
        landing: 'push',
      },
      repos: {
        'octo/infra': { path, tracker: { type: 'github', ...far }, ci: { type: 'github' } },
      },
    },
  }
  writeFileSync(config, JSON.stringify(tree))
  const { out } = await afk(['doctor', '--config', config], {
    env: { AFK_URL: await closedPort() },
  })
  expect(out).not.toContain(far.token)
  const said = out.split('\n').filter((line) => line.includes('octo/infra tracker: '))
  return { github, said, bad: said.filter((line) => line.startsWith('BAD')) }
}

test('with all as it should be it has nothing bad to say of GitHub', async () => {
  const { bad, said } = await ground(() => ({}))
  expect(bad).toEqual([])
  expect(said).toContain('ok   octo/infra tracker: afk-bot may write to octo/infra')
})

test('it names a bad token', async () => {
  const { bad } = await ground(() => ({ token: 'ghp_nobody' }))
  expect(bad).toEqual([
    expect.stringMatching(
      /: 127\.0\.0\.1:\d+ refuses the token: Bad credentials -> make a new one/,
    ),
  ])
})

test('it names a missing scope of a classic token', async () => {
  const { bad } = await ground(({ world, bot }) => ({
    token: world.token(bot, { scopes: ['gist'] }),
  }))
  expect(bad).toEqual([
    'BAD  octo/infra tracker: the token lacks the scope repo or public_repo: it has gist -> add it to the token',
  ])
})

test('it names a missing permission of a fine-grained token', async () => {
  const { bad } = await ground(({ world, bot }) => {
    return { token: world.token(bot, { permissions: { contents: 'read' } }) }
  })
  expect(bad).toEqual([
    expect.stringMatching(/ \(it takes issues=read\) -> give the token Issues: read and write$/),
  ])
})

test('it names an account without write access', async () => {
  const { bad } = await ground(({ repository: repo, bot }) => {
    repo.grant(bot, 'triage')
    return {}
  })
  expect(bad).toEqual([
    expect.stringMatching(
      /: afk-bot may not write to octo\/infra -> give that account write access/,
    ),
  ])
})

test('it names a wrong base URL, also one that is GitHub’s and leads nowhere', async () => {
  const { bad, github } = await ground((opened) => ({ baseUrl: `${opened.github.url}/api/v3` }))
  // It was asked for what is not there.
  github.takeProblems()
  expect(bad).toEqual([
    expect.stringMatching(
      / is no GitHub API: it answered 404, application\/json -> check baseUrl: /,
    ),
  ])
})

test('it names a closed port', async () => {
  const { bad } = await ground(async () => ({ baseUrl: await closedPort() }))
  expect(bad).toEqual([
    expect.stringMatching(/ did not answer GET \/rate_limit: ECONNREFUSED -> check baseUrl/),
  ])
})

test('it names a repository that has another name by now', async () => {
  const { bad, said } = await ground(({ repository: repo }) => {
    repo.rename('platform')
    return {}
  })
  expect(bad).toEqual([])
  expect(said).toContainEqual(
    expect.stringMatching(/: octo\/infra is called octo\/platform now -> correct tracker\.repo$/),
  )
})
