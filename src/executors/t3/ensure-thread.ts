/**
 * The thread that a turn is asked in: the one that is ordered, or, where a person put that one away, another in the
 * same worktree.
 *
 * A thread is known by its id, which nothing else ever gets: asked for twice, it is made once. A dispatch that was
 * accepted may have made one that nobody sees, in a project that was deleted meanwhile: it is looked for.
 */
import { randomUUID } from 'node:crypto'

import { derivedId } from '../../t3/derived-id.ts'
import type { Fleet, Project } from '../../t3/fleet.ts'
import type { ThreadRow } from '../../t3/thread-row.ts'
import type { Order } from '../executor.ts'
import type { Desk } from './desk.ts'
import type { Ensured } from './ensure-project.ts'
import { isoOf, refused, unreachable } from './said.ts'

export type Wanted = { readonly project: Project; readonly place: string; readonly fleet: Fleet }

export async function ensureThread(
  order: Order,
  wanted: Wanted,
  desk: Desk,
): Promise<Ensured<ThreadRow>> {
  const { client } = desk
  let { fleet } = wanted
  for (let number = 1; number <= MOST; number += 1) {
    const id = number === 1 ? order.thread : derivedId('thread', order.thread, number)
    const there = fleet.row(id)
    if (there !== null) return { type: 'there', it: there }
    const sent = await client.dispatch(create(id, order, { ...wanted, desk }))
    if (sent.type === 'refused')
      return refused(
        `T3 Code begins no thread (${sent.why}): correct its model and mode, or update it`,
      )
    if (sent.type !== 'accepted' && sent.type !== 'broken-rule') return unreachable(sent.why)
    fleet = await client.freshFleet()
    const made = fleet.row(id)
    if (made !== null) return { type: 'there', it: made }
    const isPutAway = (await client.everything()).anyRow(id) !== null
    if (!isPutAway)
      return unreachable(`T3 Code begins no thread in ${wanted.place}: its log says why`)
  }
  return unreachable(`the ${MOST} threads of ${order.run} were put away: leave one of them open`)
}

/** So often may people put away what they are asked in. */
const MOST = 20

type Making = Wanted & { readonly desk: Desk }

function create(threadId: string, { title, branch }: Order, { project, place, desk }: Making) {
  return {
    type: 'thread.create',
    commandId: randomUUID(),
    threadId,
    projectId: project.id,
    // By this title T3 would pay for a better one.
    title: /^\s*(?:new thread)?\s*$/i.test(title) ? `${branch}` : title,
    modelSelection: desk.model ?? project.model ?? DEFAULT_MODEL,
    runtimeMode: desk.runtimeMode,
    interactionMode: 'default',
    branch,
    worktreePath: place,
    createdAt: isoOf(desk.clock.now()),
  } as const
}

/** T3's own. */
const DEFAULT_MODEL = { instanceId: 'claudeAgent', model: 'claude-sonnet-5' }
