/** What is kept of a turn's output: its start and its end, with a line break where the middle is not. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** `bytes`: how much there was; null: not known, and nothing is assumed missing. */
export function keptOutput(
  records: string,
  stream: 'stdout' | 'stderr',
  bytes: number | null,
): string {
  const [head, before, tail] = ['head', 'before', 'tail'].map((part) =>
    readUpTo(join(records, `${stream}.${part}`), PART_MAX),
  )
  const parts = [head ?? NOTHING, before ?? NOTHING, tail ?? NOTHING]
  const kept = parts.reduce((sum, part) => sum + part.length, 0)
  const gap = bytes !== null && bytes > kept ? [Buffer.from('\n')] : []
  const [start = NOTHING, ...end] = parts
  return Buffer.concat([start, ...gap, ...end]).toString('utf8')
}

export const KEEP_BYTES = 1024 * 1024

const PART_MAX = 2 * KEEP_BYTES
const NOTHING = Buffer.alloc(0)

/** The agent could have put anything there: no more is read than the wrapper writes. */
function readUpTo(path: string, most: number): Buffer {
  let file: number
  try {
    file = openSync(path, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NOTHING
    throw error
  }
  try {
    const buffer = Buffer.alloc(Math.min(fstatSync(file).size, most))
    return buffer.subarray(0, readSync(file, buffer, 0, buffer.length, 0))
  } finally {
    closeSync(file)
  }
}
