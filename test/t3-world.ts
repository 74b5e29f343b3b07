/**
 * A world for a loop that is to be killed, whose agents work in T3 Code: the same issues, the same agent, counted in
 * the same way. The server is played in this process, which no kill meets.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

import { AGENT_ENV } from '../src/demo/agent.ts'
import { agentOf, loopWorld, type LoopWorld } from './loop-world.ts'
import type { Facts } from './loop-world-facts.ts'
import type { AgentTurn } from './t3/agent-turn.ts'
import { type T3StandIn, t3StandIn } from './t3/stand-in.ts'

export type T3World = LoopWorld & { readonly t3: T3StandIn }

export async function t3World(name: string, hook: string): Promise<T3World> {
  const place = { folder: '' }
  const t3 = await t3StandIn({ agent: (turn) => counted(turn, place.folder) })
  onTestFinished(() => t3.close())
  const world = await loopWorld(name, hook, (folder) => {
    place.folder = folder
    return { type: 't3', url: t3.url, token: t3.token }
  })
  return { ...world, t3 }
}

/** A process of its own, as an agent's is; ended when its turn is called off. */
async function counted(turn: AgentTurn, folder: string): Promise<void> {
  const { run, number } = turnIn(turn.prompt)
  const [program, ...args] = agentOf(folder)
  const child = spawn(program, args, {
    cwd: turn.cwd,
    env: { PATH: process.env['PATH'], ...AGENT_ENV, AFK_RUN: run, AFK_TURN: String(number) },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  turn.signal.addEventListener('abort', () => child.kill('SIGKILL'))
  if (turn.signal.aborted) child.kill('SIGKILL')
  child.stdin.on('error', () => {
    // It was ended before it had read.
  })
  child.stdin.end(turn.prompt)
  const [said, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')])
  if (code === 0) turn.say(said)
  else turn.fail(`it ended with ${String(code)}`)
}

/** Whose turn it is, by what the agent is told. */
function turnIn(prompt: string) {
  const [, run = ''] = /AFK-Run: (run_[\w-]+)/.exec(prompt) ?? []
  const [, attempt = '0'] = /corrective turn (\d+)/.exec(prompt) ?? []
  return { run, number: 1 + Number(attempt) }
}

/** What T3 saw that it must not have seen: a line for each. */
export function t3Wrongs({ t3 }: T3World, { runs, ledger }: Facts): readonly string[] {
  const commands = t3.commands().map(({ command }) => command)
  const projects = commands.filter(({ type }) => type === 'project.create').length
  const made = commands.flatMap((each) => (each.type === 'thread.create' ? [each.threadId] : []))
  const sent = commands.flatMap((each) => (each.type === 'thread.turn.start' ? [each] : []))
  const turns = runs.flatMap((run) => {
    const asked = ledger.filter((each) => each.run === run.id && each.what.type === 'asked').length
    const its = sent.filter(({ message }) => turnIn(message.text).run === run.id)
    const isEndedEarly = run.state === 'withdrawn' && its.length === 0
    return isEndedEarly || its.length === asked
      ? []
      : [`${run.id} was asked ${asked} turns, and T3 was sent ${its.length}`]
  })
  const threads = made.flatMap((thread) => {
    const [took, ran] = [sent.filter(({ threadId }) => threadId === thread), t3.turns(thread)]
    return took.length === ran.length
      ? []
      : [`${thread} was sent ${took.length} turns, and has ${ran.length}`]
  })
  const strangers = made.filter((thread) => runs.every(({ threadId }) => threadId !== thread))
  return [
    ...(projects === 1 ? [] : [`${projects} projects were made`]),
    ...made.filter((one, at) => made.indexOf(one) !== at).map((one) => `${one} was made twice`),
    ...strangers.map((one) => `${one} is no run’s thread`),
    ...turns,
    ...threads,
    ...t3.smells(),
    ...t3.problems,
  ]
}
