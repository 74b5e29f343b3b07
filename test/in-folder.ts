/** An empty folder that is the current one until the test is over. */
import { onTestFinished } from 'vitest'

import { temporaryFolder } from './temporary.ts'

export function inFolder(): string {
  const before = process.cwd()
  const folder = temporaryFolder()
  process.chdir(folder)
  onTestFinished(() => process.chdir(before))
  return folder
}
