/** Reads a write-ahead log: https://www.sqlite.org/fileformat2.html#the_write_ahead_log */
import { readFileSync } from 'node:fs'

const headerBytes = 32
const frameHeaderBytes = 24

/** How many transactions the log holds since it was last begun anew: their last frames name the file's size. */
export function commitsIn(path: string): number {
  const log = readFileSync(`${path}-wal`)
  if (log.length < headerBytes) return 0
  const frameBytes = frameHeaderBytes + log.readUInt32BE(8)
  const salts = log.subarray(16, 24)
  let commits = 0
  for (let at = headerBytes; at + frameBytes <= log.length; at += frameBytes) {
    const isOfThisLog = log.subarray(at + 8, at + 16).equals(salts)
    if (isOfThisLog && log.readUInt32BE(at + 4) !== 0) commits += 1
  }
  return commits
}
