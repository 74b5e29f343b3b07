/** Which paths are read with `node:fs`, by whoever in this process, until it is stopped or the test is over. */
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { onTestFinished, vi } from 'vitest'

const names = ['readFileSync', 'readdirSync', 'statSync', 'existsSync', 'openSync'] as const

export function countedReads() {
  const spies = names.map((name) => vi.spyOn(fs, name))
  syncBuiltinESMExports()
  const restore = () => {
    for (const spy of spies) spy.mockRestore()
    syncBuiltinESMExports()
  }
  onTestFinished(restore)
  return {
    stop(): readonly string[] {
      const calls = spies.flatMap((spy) => spy.mock.calls as ReadonlyArray<readonly unknown[]>)
      restore()
      return calls.map(([path]) => String(path))
    },
  }
}
