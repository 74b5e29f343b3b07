/**
 * The workflow of the recipes: its step runs under bash as a runner runs it, with the environment that
 * its `env:` makes of what Actions knows, and rings a real node through `npx` and the built package.
 */
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'

import { VERSION } from '../../src/version.ts'
import { closedPort } from '../listen.ts'
import { root } from '../markdown.ts'
import { temporaryFolder } from '../temporary.ts'
import { type Environment, isThere, ran, recipe, ringable } from './recipe.ts'

const Step = z.object({
  run: z.string().optional(),
  uses: z.string().optional(),
  env: z.record(z.string(), z.string()).optional(),
})
const Job = z.object({
  if: z.string().optional(),
  needs: z.string().optional(),
  steps: z.array(Step),
})
const Workflow = z.object({ permissions: z.unknown(), jobs: z.record(z.string(), Job) })

const code = recipe('GitHub Actions', 'yaml')
const { jobs, permissions } = Workflow.parse(parse(code))
const steps = Object.values(jobs).flatMap((job) => job.steps)
const [step, ...others] = jobs['ring']!.steps.filter(({ run }) => run !== undefined)
const { run = '', env: declared = {} } = step!

/** What Actions knows when a pull request's tests failed. */
const failed: Environment = {
  'needs.test.result': 'failure',
  'github.event.pull_request.merged': 'false',
  'github.event.number': '42',
  'github.event.pull_request.title': 'Add a bell',
  'github.head_ref': 'add-a-bell',
}
const landed = {
  ...failed,
  'needs.test.result': 'success',
  'github.event.pull_request.merged': 'true',
}

/** What a runner sets by itself. */
const runner = {
  GITHUB_REPOSITORY: 'acme/web',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_RUN_ID: '1658821493',
  GITHUB_RUN_ATTEMPT: '1',
}

const runUrl = 'https://github.com/acme/web/actions/runs/1658821493'

type Around = { readonly knows: Environment; readonly env?: Environment; readonly cwd?: string }

/** As a runner does where no `shell:` is named: `bash -e` on a file. */
async function stepped({ AFK_URL, AFK_TOKEN }: Environment, { knows, env, cwd }: Around) {
  const facts = { 'secrets.AFK_URL': AFK_URL ?? '', 'secrets.AFK_TOKEN': AFK_TOKEN ?? '', ...knows }
  const known = new Map(Object.entries(facts))
  const filled = Object.entries(declared).map(([name, value]) => {
    const [, expression = ''] = /^\$\{\{ ([\w.]+) \}\}$/.exec(value) ?? []
    const fact = known.get(expression)
    if (fact === undefined) throw new Error(`Actions does not know ${value}`)
    return [name, fact]
  })
  const folder = cwd ?? temporaryFolder()
  installed(folder)
  const script = join(temporaryFolder(), 'step.sh')
  writeFileSync(script, run)
  const npm = { npm_config_registry: await closedPort(), npm_config_update_notifier: 'false' }
  const all = { ...runner, ...npm, ...(Object.fromEntries(filled) as Environment), ...env }
  return ran('bash', ['-e', script], { cwd: folder, env: all })
}

/** The package as `npx` finds it without a registry. */
function installed(folder: string): void {
  const bin = join(folder, 'node_modules/.bin')
  mkdirSync(bin, { recursive: true })
  symlinkSync(root, join(folder, 'node_modules/afk-loop'))
  symlinkSync(join(root, 'dist/afk.cjs'), join(bin, 'afk'))
}

describe('the workflow for GitHub Actions', () => {
  test('puts no expression into a script: all of it goes through env', () => {
    const scripts = steps.flatMap((each) => each.run ?? [])
    expect(scripts).toHaveLength(2)
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([])
  })

  test('rings in a job of its own, after the tests, that checks nothing out and may only read', () => {
    expect(jobs['ring']).toMatchObject({ needs: 'test', if: '${{ !cancelled() }}' })
    expect([others, permissions]).toEqual([[], { contents: 'read' }])
    expect(jobs['ring']!.steps.flatMap(({ uses }) => uses ?? [])).toEqual(['actions/setup-node@v4'])
  })

  test('names the version of this package', () => {
    expect(run).toContain(` afk-loop@${VERSION.split('.').slice(0, 2).join('.')} `)
  })
})

const isReady = await isThere('npx')
const why = isReady ? '' : ' (skipped: no npx)'

describe.skipIf(!isReady)(`the step for GitHub Actions${why}`, () => {
  test('rings for a person where the tests failed: twice is one ring, another attempt is news', async () => {
    const { env, rings } = await ringable()
    const first = await stepped(env, { knows: failed })
    const second = await stepped(env, { knows: failed })
    await stepped(env, { knows: failed, env: { GITHUB_RUN_ATTEMPT: '2' } })
    const [ring, ...more] = await rings()
    expect(ring).toMatchObject({
      kind: 'needs-human',
      issueRef: 'acme/web#42',
      body: `test: failure\nAdd a bell (add-a-bell)\nThread: ${runUrl}`,
      link: runUrl,
      key: 'gh-1658821493-1',
      source: 'ring',
    })
    expect(more).toMatchObject([{ key: 'gh-1658821493-2' }])
    expect(first).toEqual({ code: 0, out: `rung: ${ring!.id}, to phone\n`, err: '' })
    expect(second).toEqual({ code: 0, out: `already rung: ${ring!.id}\n`, err: '' })
  })

  test('says that it landed where the pull request was merged and its tests passed', async () => {
    const { env, rings } = await ringable()
    expect(await stepped(env, { knows: landed })).toMatchObject({ code: 0, err: '' })
    expect(await rings()).toMatchObject([{ kind: 'done', title: '[DONE] acme/web#42 landed' }])
  })

  test.each([
    ['passed and landed nothing', { ...landed, 'github.event.pull_request.merged': 'false' }],
    ['were skipped', { ...failed, 'needs.test.result': 'skipped' }],
  ])('rings nobody where the tests %s', async (_, knows) => {
    const { env, rings } = await ringable()
    const { code: exit, out } = await stepped(env, { knows })
    expect([exit, out]).toEqual([0, expect.stringMatching(/^nothing to ring: /)])
    expect(await rings()).toEqual([])
  })

  test('takes a title and a branch as they are, and runs nothing in them', async () => {
    const { env, rings } = await ringable()
    const cwd = temporaryFolder()
    const title = [
      '$(touch pwned) `touch pwned` "; touch pwned; " \'; touch pwned; \' | touch pwned',
      '--help -- - %s%n\\n ${{ secrets.AFK_TOKEN }} $AFK_TOKEN > pwned',
      '::set-output name=x::y',
    ].join('\n')
    const branch = '$(touch${IFS}pwned)&&touch${IFS}pwned;`touch${IFS}pwned`'
    const named = { 'github.event.pull_request.title': title, 'github.head_ref': branch }
    const { code: exit, out, err } = await stepped(env, { knows: { ...failed, ...named }, cwd })
    expect([exit, out, err]).toEqual([0, expect.stringMatching(/^rung: \S+, to phone\n$/), ''])
    expect(await rings()).toMatchObject([
      { body: `test: failure\n${title} (${branch})\nThread: ${runUrl}` },
    ])
    expect(readdirSync(cwd)).not.toContain('pwned')
  })

  test('warns and rings nobody where there are no secrets', async () => {
    const { code: exit, out } = await stepped({}, { knows: failed })
    expect([exit, out]).toEqual([0, expect.stringMatching(/^::warning::nobody was rung: /)])
  })

  test('fails where the node refuses the token', async () => {
    const { env } = await ringable()
    const wrong = { ...env, AFK_TOKEN: 'not-the-token-0123' }
    const { code: exit, err } = await stepped(wrong, { knows: failed })
    expect([exit, err]).toEqual([1, expect.stringContaining('unauthorized')])
  })
})
