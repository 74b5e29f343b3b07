/** What a person reads of a run in its issue's file: at its start, after a red, at its end, and of a continuation. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'

import { startNode } from '../src/app.ts'
import { parseConfig } from '../src/config/load.ts'
import { AGENT_ENV } from '../src/demo/agent.ts'
import { loopGround, type LoopGround, type Plan } from './github-loop-ground.ts'
import { commentsIn } from './issue-folder.ts'
import { ntfyStandIn } from './ntfy-stand-in.ts'
import { temporaryFolder } from './temporary.ts'
import { until } from './until.ts'

const written = '---\nlabels: [ready-for-agent]\n---\n# Mend it\n\nwork.txt is broken.\n'
const token = 'operator-of-a-throw-away-node'

/** A node whose one issue is in a file, and a person who reads it. */
async function stage(plan: Plan, limits: object = {}) {
  const folder = temporaryFolder()
  const ground = await loopGround(folder, plan)
  const issues = join(folder, 'issues')
  mkdirSync(issues)
  const file = join(issues, '0001-mend-it.md')
  writeFileSync(file, written)
  const phone = await ntfyStandIn()
  onTestFinished(phone.close)
  const config = configOf({ folder, issues, ground, limits, phone: phone.url })
  const node = await startNode(config, { log: () => {} })
  onTestFinished(() => node.stop())
  const text = () => readFileSync(file, 'utf8')
  return {
    ground,
    text,
    /** The one comment, once it says that. */
    async told(words: string): Promise<readonly string[]> {
      await until(`it says ${words}`, () => commentsIn(text())[0]?.includes(words) === true)
      expect(commentsIn(text())).toHaveLength(1)
      return commentsIn(text())[0]!.split('\n')
    },
    async post(path: string, body: object) {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
      const init = { method: 'POST', headers, body: JSON.stringify(body) }
      return (await fetch(`${node.url}${path}`, init)).status
    },
  }
}

type Place = {
  readonly folder: string
  readonly issues: string
  readonly ground: LoopGround
  readonly limits: object
  readonly phone: string
}

function configOf({ folder, issues, ground, limits, phone }: Place) {
  const agent = join(import.meta.dirname, 'github-loop-agent.mjs')
  const check = `process.exitCode = /^fixed/.test(fs.readFileSync('work.txt')) ? 0 : 1`
  const tree = {
    listen: '127.0.0.1:0',
    store: { type: 'sqlite', path: join(folder, 'afk.db') },
    tokens: { operator: token },
    channels: { phone: { type: 'ntfy', server: phone, topic: 'afk' } },
    loop: {
      killSwitch: false,
      pollEvery: '200ms',
      defaults: {
        tracker: { type: 'files', path: issues },
        executor: {
          type: 'command',
          argv: [process.execPath, agent],
          stdin: true,
          env: { ...AGENT_ENV, AFK_PLAN: ground.agents },
        },
        ci: { type: 'command', argv: [process.execPath, '-e', check] },
        landing: 'push',
        limits,
      },
      repos: { infra: { path: ground.clone } },
    },
  }
  return parseConfig(JSON.stringify(tree), { file: null, env: {} })
}

const pushed = /^- \[x\] pushed: `[0-9a-f]{12}`$/
const like = (pattern: RegExp) => expect.stringMatching(pattern) as string

test('an issue in a file is told of its run from beginning to end, and keeps its text', async () => {
  const held = [
    [{ waitFor: 'let-go' }, { push: 'broken' }],
    [{ waitFor: 'mend' }, { push: 'fixed' }],
  ] as const
  const { ground, text, told } = await stage(held)
  const start = await told('Now: the agent works')
  expect(start).toEqual([
    ...[like(/^AFK run_[-0-9a-f]+$/), '', '- [x] worktree', '', 'Now: the agent works', ''],
    ...[
      like(/^Budget at /),
      '',
      '- fix-forward turns: 0 used, 5 left',
      '- minutes: 0 used, 60 left',
    ],
  ])

  ground.letGo()
  const afterRed = await told('Now: the agent mends what CI found')
  const red = like(/^- \[x\] CI red: `node -e process\.exitCode = .*`$/)
  const way = ['- [x] worktree', like(pushed), red, '- [x] fix-forward turn 1 asked']
  expect(afterRed.slice(2, 8)).toEqual([
    ...way,
    '',
    'Now: the agent mends what CI found; CI is red',
  ])
  expect(afterRed).toContain('- fix-forward turns: 1 used, 4 left')

  ground.letGo('mend')
  const end = await told('**done**')
  const green = like(/^- \[x\] CI green: `node -e .*`$/)
  expect(end.slice(2, 9)).toEqual([...way, like(pushed), green, '- [x] done'])
  expect(end).toContainEqual(like(/^\*\*done\*\* at `[0-9a-f]{40}`: `node -e .*` passed$/))
  expect(end[0]).toBe(start[0])
  await until('it is closed', () => /^state: closed\b/m.test(text()))
  expect(text()).toContain('# Mend it\n\nwork.txt is broken.\n\n')
})

test('a run that froze says what to do next; the one that goes on names it, and says who stopped it', async () => {
  const { ground, text, told, post } = await stage([[{ waitFor: 'let-go' }, { push: 'broken' }]], {
    fixForwardAttempts: 0,
  })
  ground.letGo()
  const frozen = await told('**frozen**')
  expect(frozen).toContainEqual(
    like(/^\*\*frozen\*\*: attempts used up; `[0-9a-f]{40}` stays: `node -e .*` failed$/),
  )
  expect(frozen).toContain(
    'Next: `afk grant infra#1 --attempts 2 --why TEXT`, then `afk continue infra#1`',
  )
  await until('a person is called', () => text().includes('labels: [ready-for-human]'))

  ground.hold()
  const issue = { repo: 'infra', number: 1 }
  const more = { ...issue, attempts: 1, minutes: 0, why: 'it is close' }
  expect(await post('/v1/grants', more)).toBe(200)
  const goOn = () => post('/v1/continue', { ...issue, by: 'ada' })
  await until('it may go on', async () => (await goOn()) === 202)
  const on = await told('Now: the agent works')
  const first = frozen[0]!.slice('AFK '.length)
  expect(on[1]).toBe(`Continued by \`ada\`, in the place of \`${first}\``)
  expect(on).toContain('- fix-forward turns: 0 used, 1 left, with 1 granted')
  const before = like(
    new RegExp(`^- \`${first}\`: frozen, \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d UTC$`),
  )
  expect(on.slice(-3)).toEqual(['Earlier runs:', '', before])

  expect(await post(`/v1/runs/${on[0]!.slice('AFK '.length)}/stop`, { by: 'ada' })).toBe(200)
  expect(await told('**withdrawn**')).toContain('**withdrawn** by `ada`')
})
