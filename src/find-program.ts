/** Where a program is that a command line names. Looked up as the system does it, and not started. */
import { accessSync, constants, statSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'

/** `relative`: to where it will be started, which may bring it along. */
export type Whereabouts = 'there' | 'nowhere' | 'relative'

export function findProgram(program: string, path: string): Whereabouts {
  if (isAbsolute(program)) return isRunnable(program) ? 'there' : 'nowhere'
  if (program.includes('/')) return 'relative'
  const folders = program === '' ? [] : path.split(delimiter)
  return folders.some((folder) => isRunnable(join(folder, program))) ? 'there' : 'nowhere'
}

function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}
