/** What people do to their inbox: settle, snooze and pin. None of it reaches an agent. */
import { RuleBroken } from './answer.ts'
import type { CommandOf } from './command.ts'
import { type Decided, threadOf } from './decided.ts'
import type { Thread } from './model.ts'
import { hasPending, type State, timeOf } from './state.ts'

type InboxCommand = CommandOf<
  | 'thread.settle'
  | 'thread.unsettle'
  | 'thread.snooze'
  | 'thread.unsnooze'
  | 'thread.pin'
  | 'thread.unpin'
  | 'thread.pin.reorder'
>

export function inbox(state: State, command: InboxCommand): Decided {
  const thread = threadOf(state, command.threadId)
  const now = timeOf(state)
  let events = 1
  switch (command.type) {
    case 'thread.settle':
      if (isBusy(state, thread)) throw new RuleBroken(`the thread ${thread.id} is busy`)
      // It also ends a snooze and takes a pin off.
      events += Number(thread.snoozedUntil !== null) + Number(thread.pinnedAt !== null)
      Object.assign(thread, { settledOverride: 'settled', settledAt: now, ...awake, ...unpinned })
      break
    case 'thread.unsettle':
      Object.assign(thread, { settledOverride: 'active', settledAt: null })
      break
    case 'thread.snooze':
      if (command.snoozedUntil <= now) throw new RuleBroken('a snooze ends in the future')
      Object.assign(thread, { snoozedUntil: command.snoozedUntil, snoozedAt: now })
      break
    case 'thread.unsnooze':
      Object.assign(thread, awake)
      break
    case 'thread.pin':
      thread.pinnedAt = now
      break
    case 'thread.unpin':
      Object.assign(thread, unpinned)
      break
    case 'thread.pin.reorder':
      thread.pinOrderKey = command.orderKey
  }
  thread.updatedAt = now
  return { events }
}

const awake = { snoozedUntil: null, snoozedAt: null }
const unpinned = { pinnedAt: null, pinOrderKey: null }

const graceMs = 120_000

function isBusy(state: State, thread: Thread): boolean {
  const status = thread.session?.status
  if (status === 'starting' || status === 'running') return true
  if (hasPending(thread, 'approval') || hasPending(thread, 'input')) return true
  return thread.messages.some(
    ({ id, role, createdAt }) =>
      role === 'user' &&
      !thread.turns.some((turn) => turn.messageId === id) &&
      state.now() - Date.parse(createdAt) < graceMs,
  )
}
