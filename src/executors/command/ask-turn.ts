/**
 * Brings a turn to a command: its place, its prompt, its wrapper.
 *
 * A turn that was started is found, with nothing done again. One that was not is begun anew at whatever
 * point it was left. Nobody of an earlier turn in that place is alive when it starts.
 */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import type { Ground } from '../../worktrees/ground.ts'
import { letGo, type Placed, placeFor } from '../../worktrees/place.ts'
import { type Place, readPlace, sharersOf } from '../../worktrees/places.ts'
import { recordsOf, turnName, turnsIn, writeWhole } from '../../worktrees/records.ts'
import type { Asked, Order, TurnId } from '../executor.ts'
import { endMembers, isAlive, type Patience } from './end-members.ts'
import { whyNoCommand } from './find-command.ts'
import { membersOf, namedAfter } from './members.ts'
import { KEEP_BYTES } from './output.ts'
import { processes } from './processes.ts'
import { readEnd, readStarted } from './records.ts'
import { startWrapper } from './start-wrapper.ts'
import { ARGUMENT_MAX, substituteArgv } from './substitute-argv.ts'
import { BELL } from './watch-turns.ts'

export type Agent = {
  readonly argv: readonly string[]
  /** The prompt comes on standard input. */
  readonly stdin: boolean
  readonly env: Readonly<Record<string, string>>
}

export type Desk = {
  readonly agent: Agent
  readonly ground: Ground
  readonly patience: Patience
  /** One after the other: git locks the clone. */
  readonly inTurn: (work: () => Promise<Placed>) => Promise<Placed>
}

export async function askTurn(order: Order, desk: Desk): Promise<Asked> {
  const { folder } = desk.ground
  if (order.visit !== null) return { type: 'refused', detail: NO_VISITS }
  const records = recordsOf(folder, order)
  if (readStarted(records) !== null) return found(order, folder)
  const worktree = join(folder, 'worktrees', order.run)
  const argv = argvFor(order, worktree, desk)
  const env = environmentOf(order, desk.agent.env)
  const why = whyNot(order, argv, env)
  if (why !== null) return { type: 'refused', detail: why }

  const placed = await desk.inTurn(() => placeFor(order, desk.ground))
  if (placed.type !== 'placed') return placed
  const { place } = placed
  const busy = await whoIsInTheWay(order, place, desk)
  if (busy !== null) return { type: 'unreachable', detail: busy }
  if (readPlace(folder, order.run) === null) return letGo(order.run)

  const prompt = join(records, 'prompt')
  writeWhole(prompt, promptOf(order))
  const note = JSON.stringify({ run: order.run, turn: order.turn, ...place })
  writeWhole(join(records, 'order.json'), note)
  const failure = await startWrapper(order, {
    folder: records,
    bell: join(turnsIn(folder), `${turnName(order)}${BELL}`),
    order: note,
    argv: argvFor(order, place.path, desk),
    env: { ...env, AFK_BRANCH: place.branch },
    cwd: place.path,
    stdin: desk.agent.stdin ? prompt : null,
    keepBytes: KEEP_BYTES,
  })
  return failure === null ? found(order, folder) : { type: 'unreachable', detail: failure }
}

/** It has no conversation that outlives the command. */
const NO_VISITS = 'nobody can take a turn in a command’s conversation: start the issue anew'

function environmentOf({ run, turn, branch }: Order, configured: Agent['env']) {
  const ours = { AFK_RUN: run, AFK_TURN: String(turn), AFK_BRANCH: branch }
  return { ...ownEnvironment(configured), ...ours }
}

/** Only what an agent needs to work, and what its owner configured: nothing of this node. */
export function ownEnvironment(configured: Agent['env']): Agent['env'] {
  const kept = ['PATH', 'HOME', 'LANG'].flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(kept), ...configured }
}

function found({ run, turn, thread }: Order, folder: string): Asked {
  const ended = readEnd(recordsOf(folder, { run, turn }))
  if (ended !== null && ended.code === null && ended.signal === null)
    return { type: 'refused', detail: `the agent ${ended.fault ?? 'did not start'}` }
  const place = readPlace(folder, run)
  return place === null
    ? { type: 'refused', detail: `the record of the place of ${run} is gone: start the issue anew` }
    : { type: 'adopted', place: place.path, environment: null, thread }
}

/** Nothing can be handed to a program with a NUL in it. */
const promptOf = ({ prompt }: Order) => prompt.replaceAll('\0', '\uFFFD')

function argvFor(order: Order, worktree: string, { agent }: Desk): readonly string[] {
  const { run, branch, issue } = order
  const prompt = promptOf(order)
  const values = { prompt, issue: `${issue.repo}#${issue.number}`, worktree, branch, run }
  return substituteArgv(agent.argv, values)
}

function whyNot(order: Order, argv: readonly string[], env: Agent['env']): string | null {
  const isNamed = /^[\w-]{1,100}$/.test(order.run) && Number.isSafeInteger(order.turn)
  if (!isNamed) return `"${order.run}" is no run’s name`
  if (argv.some((argument) => Buffer.byteLength(argument) > ARGUMENT_MAX))
    return 'the prompt is too long for an argument: let the agent read it from standard input'
  const lacking = whyNoCommand(argv[0] ?? '', env['PATH'] ?? '')
  return lacking && `${lacking.what}: ${lacking.mend}`
}

/** In words; null: nobody. What an earlier turn that is over left running is ended. */
async function whoIsInTheWay(order: Order, place: Place, desk: Desk): Promise<string | null> {
  const { folder } = desk.ground
  for (const id of earlierTurns(order, place, folder)) {
    const turn = { id, records: recordsOf(folder, id), worktree: null }
    const all = await processes()
    const { agent, wrapper } = membersOf(turn, all)
    const isRunning = (agent ?? wrapper) !== null && readEnd(turn.records) === null
    if (isRunning) return `turn ${id.turn} of ${id.run} still runs in ${place.path}`
    if (isAlive(turn, all) && !(await endMembers(turn, desk.patience)))
      return `something that turn ${id.turn} of ${id.run} started cannot be ended`
  }
  return whoIsUnrecorded(order, recordsOf(folder, order))
}

/** A wrapper of a node that was killed may be about to take the turn: it takes it, or it ends. */
async function whoIsUnrecorded(order: Order, records: string): Promise<string | null> {
  const deadline = performance.now() + TAKE_MS
  for (;;) {
    const [someone] = namedAfter(order, await processes())
    if (someone === undefined || readStarted(records) !== null) return null
    if (performance.now() > deadline)
      return `process ${someone.pid} is of this turn, and its record is gone: end it`
    await pause(25)
  }
}

const TAKE_MS = 3000

/** Of this run, and of all that share its place. */
function earlierTurns({ run, turn }: Order, place: Place, folder: string): readonly TurnId[] {
  const turnsOf = (name: string, below: number) =>
    Array.from({ length: below - 1 }, (_, index) => ({ run: name, turn: index + 1 }))
  const others = sharersOf(folder, place.path).filter((other) => other.run !== run)
  return [...turnsOf(run, turn), ...others.flatMap((other) => turnsOf(other.run, MANY))].filter(
    (id) => readStarted(recordsOf(folder, id)) !== null,
  )
}

/** More turns than any budget allows. */
const MANY = 200
