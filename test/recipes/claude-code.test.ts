/**
 * The hook of the recipes: its settings are those that Claude Code documents, and its command rings a
 * real node for what Claude Code sent (the fixtures beside this file were captured from it).
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'

import { read } from '../markdown.ts'
import { temporaryFolder } from '../temporary.ts'
import { afkFolder, type Environment, pathBefore, ran, recipe, ringable } from './recipe.ts'

const heading = 'Claude Code: StopFailure'
const linesOf = (name: string) => read(`test/recipes/${name}.jsonl`).trimEnd().split('\n')
const [refused, overloaded] = linesOf('stop-failure') as [string, string]
const others = linesOf('other-hooks').map((line) => {
  const { hook_event_name: name } = JSON.parse(line) as { hook_event_name: string }
  return { name, line }
})

const Command = z.strictObject({
  type: z.literal('command'),
  command: z.string(),
  timeout: z.int().max(600),
})
const Matcher = z.strictObject({ hooks: z.tuple([Command]) })
const Settings = z.strictObject({ hooks: z.strictObject({ StopFailure: z.tuple([Matcher]) }) })

const settings = Settings.parse(JSON.parse(recipe(heading, 'json')))
const [{ hooks }] = settings.hooks.StopFailure

/** As Claude Code runs it: by a shell, with the event on standard input. */
async function hooked(stdin: string, env: Environment) {
  const home = temporaryFolder()
  mkdirSync(join(home, '.claude'))
  writeFileSync(join(home, '.claude/afk-stop-failure.mjs'), recipe(heading, 'js'))
  const around = { PATH: pathBefore(afkFolder()), HOME: home, AFK_ISSUE: 'infra#42', ...env }
  return ran('/bin/sh', ['-c', hooks[0].command], { env: around, stdin })
}

describe('the hook for Claude Code', () => {
  test('waits no longer for a node than Claude Code waits for it', () => {
    const [, waited = ''] = /'--wait=(\d+)s'/.exec(recipe(heading, 'js')) ?? []
    expect(Number(waited)).toBeGreaterThan(0)
    expect(hooks[0].timeout).toBeGreaterThanOrEqual(2 * Number(waited))
  })

  test('rings for a person with the session as the thread, and the same failure once', async () => {
    const { env, rings } = await ringable()
    expect(await hooked(refused, env)).toEqual({ code: 0, out: '', err: '' })
    expect(await hooked(refused, env)).toEqual({ code: 0, out: '', err: '' })
    expect(await rings()).toMatchObject([
      {
        kind: 'needs-human',
        issueRef: 'infra#42',
        threadId: 'e7615f71-9b17-44e9-9ead-fdd4edeef0a9',
        body: 'Claude Code: authentication_failed\nInvalid API key · Fix external API key',
      },
    ])
  })

  test('rings for each failure, and takes hostile words as they are', async () => {
    const { env, rings } = await ringable()
    const event = JSON.parse(refused) as object
    const words = '"; touch pwned; $(touch pwned) `touch pwned`'
    const hostile = { ...event, prompt_id: undefined, error_details: words }
    await hooked(overloaded, env)
    await hooked(JSON.stringify(hostile), env)
    // Without a prompt's id nothing tells that it is the same failure.
    await hooked(JSON.stringify(hostile), env)
    await hooked(JSON.stringify({ session_id: 's-1', hook_event_name: 'StopFailure' }), env)
    expect((await rings()).map(({ threadId, body }) => [threadId, body])).toEqual([
      [
        'c334fa96-8d57-44ce-bdad-572abe93c612',
        expect.stringMatching(/^Claude Code: server_error\nAPI Error: 529 Overloaded\. /),
      ],
      ...[1, 2].map(() => [
        'e7615f71-9b17-44e9-9ead-fdd4edeef0a9',
        `Claude Code: authentication_failed\n${words}\nInvalid API key · Fix external API key`,
      ]),
      ['s-1', 'Claude Code: unknown'],
    ])
  })

  test.each([
    ...others,
    { name: 'nothing', line: '' },
    { name: 'no JSON', line: '{"session_id":' },
    { name: 'null', line: 'null' },
    { name: 'no session', line: '{"hook_event_name":"StopFailure","error":"rate_limit"}' },
    {
      name: 'no name of a session',
      line: refused.replace(/"session_id":"[^"]*"/, '"session_id":"-x y"'),
    },
  ])('rings nobody for $name, and exits 1, which blocks nothing', async ({ line }) => {
    const { env, rings } = await ringable()
    const { code, out, err } = await hooked(line, env)
    expect([code, out, err]).toEqual([1, '', expect.stringMatching(/^afk: [^\n]+\n$/)])
    expect(await rings()).toEqual([])
  })

  test.each([
    ['is not set', '', /^afk: AFK_ISSUE is not set, such as infra#42: nobody was rung\n$/],
    ['names no issue', 'infra', /^afk: --issue names the issue.*\nafk: nobody was rung\n$/],
  ])('never exits 2, also where AFK_ISSUE %s', async (_, AFK_ISSUE, said) => {
    const { env, rings } = await ringable()
    const { code, err } = await hooked(refused, { ...env, AFK_ISSUE })
    expect([code, err]).toEqual([1, expect.stringMatching(said)])
    expect(await rings()).toEqual([])
  })

  test('says so where AFK_URL is none, and where there is no afk', async () => {
    const AFK_URL = 'not a url'
    expect(await hooked(refused, { AFK_URL })).toMatchObject({ code: 1 })
    const PATH = dirname(process.execPath)
    const { code, err } = await hooked(refused, { AFK_URL, PATH })
    expect([code, err]).toEqual([1, 'afk: spawnSync afk ENOENT\n'])
  })
})
