/** A poller on a ground. */
import { faults } from '../src/loop/faults.ts'
import { poller } from '../src/loop/poller.ts'
import type { Ground } from './in-memory-loop.ts'

/** It knows what it has told already. */
export const polling = ({ parts }: Ground) => poller({ ...parts, faults: faults(parts.tell) })

export const poll = (ground: Ground, repo = 'infra') => polling(ground).look(repo)
