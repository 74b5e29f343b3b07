import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'

import { git } from '../../src/git/git.ts'
import { repository } from '../repository.ts'
import { temporaryFolder } from '../temporary.ts'
import { until } from '../until.ts'
import type { AgentTurn } from './agent-turn.ts'
import { open } from './open.ts'
import { kinds } from './shown.ts'

test.each([
  ['an unknown instance', '27', null, null],
  ['an unknown instance', '0821', 'error', "Unknown provider instance 'nobody'."],
  ['no agent’s program', '27', 'stopped', 'Claude runtime stream failed.'],
  ['no agent’s program', '0821', 'stopped', 'Claude runtime stream failed.'],
  ['no worktree', '0821', 'stopped', 'Claude runtime stream failed.'],
  ['a blank text', '27', 'ready', null],
  ['a blank text', '0821', 'ready', null],
  ['too long a text', '0821', 'ready', null],
] as const)(
  'a start that fails for %s in v%s shows %s',
  async (what, version, status, lastError) => {
    const { t3, thread, turn, row } = await open({ version })
    const selection = { instanceId: 'nobody', model: 'm' }
    await thread({
      ...(what === 'an unknown instance' && { modelSelection: selection }),
      ...(what === 'no worktree' && { worktreePath: `${temporaryFolder()}/gone` }),
    })
    if (what === 'no agent’s program') t3.failStart('cli missing')
    const long = 'x'.repeat(120_001)
    const text = what === 'a blank text' ? ' \n' : what === 'too long a text' ? long : 'Do it'
    expect((await turn(text)).status).toBe(200)
    const kind = status === 'stopped' ? 'runtime.error' : 'provider.turn.start.failed'
    await until('it is told', async () => kinds(await row())?.includes(kind) === true)
    await until('it has settled', async () => ((await row()).session?.status ?? null) === status)
    expect((await row()).session?.lastError ?? null).toBe(lastError)
    expect([(await row()).latestTurn, t3.turns('t1')]).toEqual([null, []])
    if (what === 'an unknown instance') return
    await turn('Now', { modelSelection: { instanceId: 'claudeAgent', model: 'm' } })
    await until(
      'the next one ran',
      () => t3.turns('t1').length === (what === 'no worktree' ? 0 : 1),
    )
  },
)

test('a start that is lost leaves the message, and nothing else', async () => {
  const { t3, thread, turn, row, comesTo } = await open()
  await thread()
  await thread({ threadId: 't2' })
  t3.failStart('lost')
  await turn('Do it')
  await turn('Do it', { threadId: 't2' })
  await comesTo('completed', 'ready', 't2')
  expect(await row()).toMatchObject({ latestTurn: null, session: null, activities: [] })
  await turn('Do it')
  await comesTo('completed', 'ready')
})

test('a session keeps its driver, and may change its model', async () => {
  const models: string[] = []
  const { thread, turn, comesTo, row } = await open({
    agent: async ({ modelSelection }) => void models.push(modelSelection.model),
  })
  await thread()
  await turn('Do it')
  await comesTo('completed', 'ready')
  await turn('Again', { modelSelection: { instanceId: 'claudeAgent', model: 'opus' } })
  await until('it ran', () => models.length === 2)
  await comesTo('completed', 'ready')
  await turn('Once more', { modelSelection: { instanceId: 'codex', model: 'gpt' } })
  await comesTo('completed', 'error')
  expect(models).toEqual(['claude-sonnet-5', 'opus'])
  expect(kinds(await row())).toEqual(['provider.turn.start.failed'])
})

test('a first turn names a thread that nobody named, and a branch that looks like T3’s own', async () => {
  const { t3, thread, turn, comesTo } = await open()
  const worktreePath = temporaryFolder()
  await thread({ title: 'New thread', branch: 't3code/0a1b2c3d', worktreePath })
  await thread({ threadId: 't2', title: 'Mend it' })
  await turn('Mend the login')
  await turn('Do that', { threadId: 't2', titleSeed: 'Mend it' })
  expect((await comesTo('completed', 'ready', 't2')).title).toBe('Do that')
  expect(await comesTo('completed', 'ready')).toMatchObject({
    title: 'Mend the login',
    branch: 't3code/mend-the-login',
  })
  expect(t3.smells()).toHaveLength(3)
})

test('an agent works in the worktree, with real git, or else in the project', async () => {
  const { clone } = await repository()
  const { path } = await clone()
  const seen: AgentTurn[] = []
  const { t3, thread, turn, comesTo, folder } = await open({
    async agent(each) {
      seen.push(each)
      if (each.threadId === 't2') return
      const author = ['-c', 'user.name=Agent', '-c', 'user.email=agent@t3.test']
      await git(each.cwd, [...author, 'commit', '--quiet', '--allow-empty', '-m', each.prompt])
      each.say('Committed.')
    },
  })
  await thread({ worktreePath: path })
  await thread({ threadId: 't2' })
  await turn('mend: the login')
  await turn('Do it', { threadId: 't2' })
  await comesTo('completed', 'ready', 't2')
  expect(seen.map(({ cwd }) => cwd)).toEqual([path, folder])
  await comesTo('completed', 'ready')
  expect(await git(path, ['log', '-1', '--format=%s'])).toBe('mend: the login\n')
  expect(existsSync(`${folder}/.git`)).toBe(false)
  expect(t3.turns('t1')).toMatchObject([{ prompts: ['mend: the login'], state: 'completed' }])
})

test('an agent whose script throws is a problem, and its turn a crash', async () => {
  const { t3, thread, turn, comesTo } = await open({
    agent: () => Promise.reject(new Error('a slip')),
  })
  await thread()
  await turn('Do it')
  await comesTo('error', 'stopped')
  expect(t3.takeProblems()).toEqual([expect.stringContaining('a slip')])
})
