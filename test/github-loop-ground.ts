/**
 * Real git under a loop on GitHub: a bare repository, its owner's clone, and a folder with the agent's plan.
 *
 * It bridges to the stand-in, as GitHub's git does to its API: `bridge` shows what has landed since, each commit
 * with its hash, parents and message, and nothing twice. Nobody can see a commit on GitHub before it was pushed.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import { AGENT_ENV } from '../src/demo/agent.ts'
import { git } from '../src/git/git.ts'
import { until } from './until.ts'

export type Act =
  | { readonly push: string; readonly closes?: boolean }
  /** Until `letGo` of that. */
  | { readonly waitFor: Hold }

type Hold = 'let-go' | 'mend'

/** What the agent does, turn for turn. */
export type Plan = ReadonlyArray<readonly Act[]>

export type Commit = {
  readonly sha: string
  readonly parents: readonly string[]
  readonly message: string
}

export type LoopGround = Awaited<ReturnType<typeof loopGround>>

export async function loopGround(folder: string, plan: Plan) {
  const [bare, clone, agents] = ['origin.git', 'work', 'agent'].map((name) =>
    join(folder, name),
  ) as [string, string, string]
  mkdirSync(agents)
  writeFileSync(join(agents, 'plan.json'), JSON.stringify(plan))
  await git(folder, ['init', '-q', '--bare', '-b', 'main', bare])
  await git(folder, ['clone', '-q', bare, clone])
  const inClone = (args: readonly string[]) => git(clone, args, { env: AGENT_ENV })
  const push = async (name: string) => {
    writeFileSync(join(clone, name), 'by a person\n')
    await inClone(['add', '-A'])
    await inClone(['commit', '-qm', `${name}: a person’s work`])
    await inClone(['push', '-q', 'origin', 'HEAD:main'])
    return (await inClone(['rev-parse', 'HEAD'])).trim()
  }
  await push('README.md')
  const noted = (name: string) => join(agents, name)

  return {
    ...{ clone, agents },
    bridge: bridgeFrom(bare),
    /** A person lands something, on top of all that is there. Its hash. */
    async land(name: string) {
      await inClone(['pull', '-q', '--ff-only', 'origin', 'main'])
      return push(name)
    },
    /** Somebody deletes main. How to put it back as it was. */
    async deleteMain() {
      const args = ['update-ref', 'refs/heads/main']
      const tip = (await git(bare, ['rev-parse', 'main'])).trim()
      await git(bare, ['update-ref', '-d', 'refs/heads/main'])
      return async () => void (await git(bare, [...args, tip]))
    },
    letGo: (hold: Hold = 'let-go') => writeFileSync(noted(hold), ''),
    /** It waits there again. */
    hold: (hold: Hold = 'let-go') => rmSync(noted(hold)),
    /** What the agent was told in each turn so far. */
    prompts() {
      const read: string[] = []
      for (let turn = 1; existsSync(noted(`prompt-${turn}.txt`)); turn += 1)
        read.push(readFileSync(noted(`prompt-${turn}.txt`), 'utf8'))
      return read
    },
    /** Its process in that turn, once it works. */
    async pid(turn: number) {
      await until(`the agent works on turn ${turn}`, () => existsSync(noted(`prompt-${turn}.txt`)))
      return Number(readFileSync(noted(`pid-${turn}`), 'utf8'))
    },
  }
}

/** All that is on main and was not shown before, oldest first. */
function bridgeFrom(bare: string) {
  const head = join(bare, 'refs/heads/main')
  let shown: string | null = null
  return (show: (commit: Commit) => void) => {
    if (!existsSync(head)) return
    const tip = readFileSync(head, 'utf8').trim()
    if (tip === shown) return
    const range = shown === null ? tip : `${shown}..${tip}`
    shown = tip
    const args = ['log', '--reverse', '--topo-order', '--format=%H%x00%P%x00%B%x01', range]
    const said = execFileSync('git', ['--git-dir', bare, ...args], { encoding: 'utf8' })
    for (const entry of said.split('\u0001').slice(0, -1)) {
      const [sha = '', parents = '', message = ''] = entry.trimStart().split('\0')
      show({ sha, parents: parents.split(' ').filter(Boolean), message: message.trim() })
    }
  }
}
