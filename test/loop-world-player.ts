/**
 * Whoever the loop works for: files issues, answers a question, closes an issue that has become pointless.
 *
 * Looks at the node first, and so does nothing twice: a continue that was accepted shows as a run, also where
 * its answer was lost with the node. A node that dies under a question is no fault; the next one is asked.
 * A run that ends as its scene does not say ends the test at once.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { z } from 'zod'

import type { Scene } from '../src/demo/script.ts'
import type { RunPageView, RunView } from '../src/server/run-schemas.ts'
import type { LoopWorld } from './loop-world.ts'
import type { NodeProcess } from './node-process.ts'

type Run = z.infer<typeof RunPageView>['runs'][number]

export type Playing = {
  readonly world: LoopWorld
  readonly node: NodeProcess
  readonly isOver: () => boolean
  /** A round that is over is followed by another. */
  readonly mayFile: boolean
}

/** Resolves when it is over, or when the last round is. */
export async function play({ world, node, isOver, mayFile }: Playing): Promise<void> {
  while (!isOver()) {
    const isRoundOver = await whileAlive(() => lookAround(world, node))
    if (isRoundOver && !mayFile) return
    if (isRoundOver) world.fileRound()
    await pause(50)
  }
}

/** False also where the node died under it, which `fetch` tells as a TypeError. */
async function whileAlive(look: () => Promise<boolean>): Promise<boolean> {
  try {
    return await look()
  } catch (error) {
    if (error instanceof TypeError && error.cause !== undefined) return false
    throw error
  }
}

/** True: all that was filed has ended as it must. */
async function lookAround(world: LoopWorld, node: NodeProcess): Promise<boolean> {
  const { runs } = await node.get<z.infer<typeof RunPageView>>('/v1/runs?limit=200')
  let isRoundOver = true
  for (const scene of world.scenes) {
    const its = runs
      .filter(({ issueRef }) => issueRef === `${world.name}#${scene.number}`)
      .toReversed()
    assertAsWritten(scene, its)
    const isEnded = its.length === scene.verdicts.length && its.every(({ endedAt }) => endedAt)
    isRoundOver &&= isEnded
    if (!isEnded) await act({ world, node, scene, its })
  }
  return isRoundOver
}

function assertAsWritten({ number, name, verdicts }: Scene, its: readonly Run[]) {
  const isSo = its.every(({ phase, endedAt }, at) =>
    endedAt === null ? at < verdicts.length : phase === verdicts[at],
  )
  if (isSo) return
  const said = its.map(({ id, phase, says }) => `${id} ${phase}: ${says}`).join('\n')
  throw new Error(`#${number} ${name} must end ${verdicts.join(', then ')}, but:\n${said}`)
}

type Acting = Pick<Playing, 'world' | 'node'> & {
  readonly scene: Scene
  readonly its: readonly Run[]
}

async function act({ world, node, scene, its }: Acting): Promise<void> {
  const { name, number } = scene
  const [first, second] = its
  if (first === undefined || second !== undefined) return
  if (name === 'is-withdrawn' && first.phase === 'working') {
    world.edit(number, (text) =>
      text.includes('state: closed') ? text : text.replace('---\n# ', 'state: closed\n---\n# '),
    )
  }
  if (name === 'asks-a-question' && first.phase === 'needs-human')
    await answer(first.id, number, { world, node })
}

/** Not before the issue says what is asked: who edits a file that is being written may undo the writing. */
async function answer(
  run: string,
  number: number,
  { world, node }: Pick<Acting, 'world' | 'node'>,
) {
  const { chores } = await node.get<z.infer<typeof RunView>>(`/v1/runs/${run}`)
  if (!chores.some(({ kind, state }) => kind === 'tell-issue' && state === 'done')) return
  const isThere = world.edit(number, (text) =>
    text.includes('answer:') ? text : text.replace('demo: ask', 'demo: ask\n\nanswer: blue'),
  )
  if (!isThere) return
  const { status, body } = await node.post('/v1/continue', { repo: world.name, number })
  // 409: its repository is busy, as it is with another issue most of the time.
  if (status !== 202 && status !== 409) throw new Error(`${status} ${JSON.stringify(body)}`)
}
