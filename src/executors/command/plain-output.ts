/** How a turn of a command of the owner's own ended: its exit code says, the end of stdout is its last message. Pure. */
import { finished } from '../turn-end.ts'
import { type Ending, failed, type Leftover } from './ending.ts'

export function plainOutput(left: Leftover): Ending {
  return { end: left.code === 0 ? finished(left.stdout) : failed(left), costUsd: null }
}
