/** What commands leave behind: the captured output of the real agents, and made-up output beside it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'

import type { Leftover } from '../src/executors/command/ending.ts'
import { LIMIT_DEFAULT_MS } from '../src/executors/turn-end.ts'
import type { TurnEnd } from '../src/run/run.ts'

export const at = Date.UTC(2026, 10, 24, 9)
const samples = join(import.meta.dirname, 'samples')

export const left = (more: Partial<Leftover> = {}): Leftover => ({
  ...{ at, code: 0, signal: null, fault: null, stdout: '', stderr: '', ...more },
})
export const sample = (name: string, code = 0) =>
  left({ code, stdout: readFileSync(join(samples, `${name}.stdout.jsonl`), 'utf8') })
export const jsonl = (...values: readonly object[]) =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('')
export const says = (part: string) => expect.stringContaining(part) as string
export const failed = (part: string): TurnEnd => ({ how: 'failed', detail: says(part) })
export const anHour: TurnEnd = { how: 'limited', until: at + LIMIT_DEFAULT_MS }
