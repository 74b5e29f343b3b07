/** Prometheus' own checker, as scripts/fetch-peers.sh unpacked it, else of the machine; null: there is none. */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

import { root } from './markdown.ts'

export function promtoolBinary(): string | null {
  const fetched = join(root, '.tools/prometheus/usr/bin/promtool')
  return [fetched, 'promtool'].find(runs) ?? null
}

function runs(binary: string): boolean {
  if (binary.includes('/') && !existsSync(binary)) return false
  try {
    execFileSync(binary, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    // Not on PATH, or not one that runs here.
    return false
  }
}

/** What it said on both streams, and whether it was content. */
export async function promtool(binary: string, argv: readonly string[], stdin = '') {
  const child = spawn(binary, [...argv], { cwd: root })
  child.stdin.end(stdin)
  const exited = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)])
  return { code: await exited, said: `${out}${err}` }
}
