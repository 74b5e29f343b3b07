/** Whether a command can be started at all; in words if not, null if it can. */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

export function whyNoCommand(command: string, path: string): string | null {
  if (command === '') return 'no command is configured: set the agent’s argv'
  if (isAbsolute(command)) {
    if (isRunnable(command)) return null
    return `${command} cannot be run: install it there, or correct the agent’s argv`
  }
  // Relative to the worktree, which may bring it along.
  if (command.includes('/')) return null
  if (path.split(delimiter).some((folder) => isRunnable(join(folder, command)))) return null
  return `${command} is not on the agent’s PATH (${path}): install it, or name it with its folder`
}

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
