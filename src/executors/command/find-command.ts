/** Why a command cannot be started at all, and what to mend. Null: it can, or its worktree may bring it along. */
import { isAbsolute } from 'node:path'

import { findProgram } from '../../find-program.ts'

export type Lacking = { readonly what: string; readonly mend: string }

export function whyNoCommand(command: string, path: string): Lacking | null {
  if (command === '') return { what: 'no command is configured', mend: 'set the agent’s argv' }
  if (findProgram(command, path) !== 'nowhere') return null
  return isAbsolute(command)
    ? { what: `${command} cannot be run`, mend: 'install it there, or correct the agent’s argv' }
    : {
        what: `${command} is not on the agent’s PATH (${path})`,
        mend: 'install it, or name it with its folder',
      }
}
