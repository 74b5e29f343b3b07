/**
 * What one look at a landing branch takes of the processor: the node's part, and git's own processes.
 *
 * Real git, its remote on this disk: over a network the same, and whatever the transport takes. Linux only.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { AGENT_ENV } from '../src/demo/agent.ts'
import { gitLanding } from '../src/landing/git/git-landing.ts'
import { n, type Row } from './table.ts'

const looks = 100

export async function gitLook(): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'afk-bench-'))
  const [bare, clone] = [join(folder, 'origin.git'), join(folder, 'clone')]
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, {
      cwd: folder,
      env: { ...process.env, ...AGENT_ENV },
      stdio: 'ignore',
    })
  git('init', '-q', '--bare', '-b', 'main', bare)
  git('clone', '-q', bare, clone)
  writeFileSync(join(clone, 'README.md'), 'bench\n')
  git('-C', clone, 'add', '-A')
  git('-C', clone, 'commit', '-qm', 'first')
  git('-C', clone, 'push', '-q', 'origin', 'HEAD:main')
  const landing = gitLanding({ repo: clone, branch: 'main' })
  await landing.tip()
  const from = spent()
  const beganAt = performance.now()
  for (let look = 0; look < looks; look++) await landing.tip(performance.now())
  const ms = performance.now() - beganAt
  const to = spent()
  rmSync(folder, { recursive: true, force: true })
  const own = (to.ownMs - from.ownMs) / looks
  const children = (to.childrenMs - from.childrenMs) / looks
  return {
    what: 'one look at a landing branch that has not moved, CPU of git and node',
    measured: n(own + children, ' ms'),
    beside: `node's part ${n(own, ' ms')}; it takes ${n(ms / looks, ' ms')}`,
  }
}

const tickMs = 10

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
function spent() {
  const stat = readFileSync('/proc/self/stat', 'utf8')
  const [user = NaN, system = NaN, childUser = NaN, childSystem = NaN] = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .slice(11, 15)
    .map(Number)
  return { ownMs: (user + system) * tickMs, childrenMs: (childUser + childSystem) * tickMs }
}
