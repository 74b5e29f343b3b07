/**
 * Runs every example of every command's help, as it stands, in a shell, against a node on a free
 * port. Only what cannot be known beforehand is put in: the id of a ring or a run, and free ports and
 * folders. What is asked of the loop is asked of a node whose loop is armed, with an issue to work on.
 */
import { describe, expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'

import { commands } from '../src/cli/commands.ts'
import { afk } from './afk.ts'
import { shell } from './child.ts'
import { readyIssue } from './loop-stand-ins.ts'
import { receiver, startedNode } from './node.ts'
import { servedBell } from './served-bell.ts'
import { temporaryFolder } from './temporary.ts'

const listening = /(http:\/\/127\.0\.0\.1:\d+)/

async function examplesOf(isUp: boolean) {
  const names = Object.keys(commands).filter((name) => (name === 'up') === isUp)
  const loaded = await Promise.all(names.map((name) => commands[name]!.load()))
  return loaded.flatMap(({ name, examples }) => examples.map((example) => ({ name, example })))
}

describe('an example that runs a node', async () => {
  test.for(await examplesOf(true))(
    'listens, and stops when it is told: $example',
    async ({ example }) => {
      const cwd = temporaryFolder()
      const line = example.replace('127.0.0.1:8000', '127.0.0.1:0').replace('/tmp/afk-example', cwd)
      const up = shell(line, { cwd, env: { AFK_LISTEN: '127.0.0.1:0' } })
      const url = await up.saying(listening)
      expect(await (await fetch(`${url}/readyz`)).json()).toMatchObject({ ready: true })
      up.stop()
      expect([await up.ended(), up.said.err]).toEqual([0, expect.stringMatching(/stopped/)])
    },
  )
})

/** What each needs to be there: a run under way, one that has ended, or none. */
const loopCommands: Readonly<Record<string, 'live' | 'ended' | 'none'>> = {
  runs: 'live',
  start: 'none',
  continue: 'ended',
  adopt: 'none',
  clean: 'ended',
  stop: 'live',
  pause: 'live',
  resume: 'live',
  grant: 'live',
}

const asksLoop = ({ name, example }: { name: string; example: string }) =>
  name in loopCommands || /\bRUN\b|--why/.test(example)

describe('an example that asks a node', async () => {
  // The demo takes its time, and has a test of its own: test/real/demo.test.ts.
  const all = (await examplesOf(false)).filter(({ name }) => name !== 'demo')

  test.for(all.filter(asksLoop))(
    'of its loop does what it says, exit 0: $example',
    async ({ name, example }) => {
      const node = await servedBell({ issues: [readyIssue()] })
      const needs = loopCommands[name] ?? 'live'
      const run = needs === 'none' ? '' : await startedRun(node)
      if (needs === 'ended') await ended(node, run)
      const around = { env: node.env, cwd: temporaryFolder() }
      succeeded(example, await ran(example.replaceAll(/\bRUN\b/g, run), around))
    },
  )

  test.for(all.filter((each) => !asksLoop(each)))(
    'does what it says, exit 0: $example',
    async ({ example }) => {
      // Called as the channel is that a node has by itself.
      const { channel } = await receiver()
      const { env, folder } = await startedNode({ channels: { terminal: channel } })
      const ringing = 'ring frozen --issue infra#42 --detail x --json'.split(' ')
      const { id } = Told.parse(JSON.parse((await afk(ringing, { env })).out))

      succeeded(example, await ran(example.replaceAll('RING', id), { env, cwd: folder }))
    },
  )
})

function succeeded(example: string, { code, out, err }: Awaited<ReturnType<typeof ran>>): void {
  const hint = example === 'afk stop --all' ? 'afk pause keeps new ones from starting' : ''
  expect([code, err]).toEqual([0, hint])
  expect(out).toMatch(/\S/)
  if (example.includes('--json')) expect(() => JSON.parse(out) as unknown).not.toThrow()
}

type Node = Awaited<ReturnType<typeof servedBell>>

async function startedRun(node: Node): Promise<string> {
  const answer = await node.post('/v1/start', { repo: 'infra', number: 42 })
  return Told.parse(await answer.json()).id
}

async function ended(node: Node, run: string): Promise<void> {
  await node.post(`/v1/runs/${run}/stop`)
  await node.store.freeSlot(run)
}

const Told = z.looseObject({ id: z.string() })

type Around = { readonly env: Readonly<Record<string, string>>; readonly cwd: string }

/** Where the node has its store; by a shell if it takes one, else in-process, which is faster. */
async function ran(line: string, { env, cwd }: Around) {
  if (/[|]|^\w+=/.test(line)) {
    const child = shell(line, { cwd, env })
    return { code: await child.ended(), ...child.said }
  }
  const before = process.cwd()
  process.chdir(cwd)
  onTestFinished(() => process.chdir(before))
  const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(
    ([, quoted, bare]) => quoted ?? bare ?? '',
  )
  expect(words[0]).toBe('afk')
  return afk(words.slice(1), { env })
}
