/**
 * Runs every example of every command's help, as it stands, in a shell, against a node on a free
 * port. Only what cannot be known beforehand is put in: a ring's id, and free ports and folders.
 */
import { describe, expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'

import { commands } from '../src/cli/commands.ts'
import { afk } from './afk.ts'
import { shell } from './child.ts'
import { receiver, startedNode } from './node.ts'
import { temporaryFolder } from './temporary.ts'

const listening = /(http:\/\/127\.0\.0\.1:\d+)/

async function examplesOf(isUp: boolean) {
  const names = Object.keys(commands).filter((name) => (name === 'up') === isUp)
  const loaded = await Promise.all(names.map((name) => commands[name]!.load()))
  return loaded.flatMap(({ examples }) => examples.map((example) => ({ example })))
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

describe('an example that asks a node', async () => {
  test.for(await examplesOf(false))('does what it says, exit 0: $example', async ({ example }) => {
    // Called as the channel is that a node has by itself.
    const { channel } = await receiver()
    const { env, folder } = await startedNode({ channels: { terminal: channel } })
    const ringing = 'ring frozen --issue infra#42 --detail x --json'.split(' ')
    const { id } = Rung.parse(JSON.parse((await afk(ringing, { env })).out))

    const { code, out, err } = await ran(example.replaceAll('RING', id), { env, cwd: folder })
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/\S/)
    if (example.includes('--json')) expect(() => JSON.parse(out) as unknown).not.toThrow()
  })
})

const Rung = z.looseObject({ id: z.string() })

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
