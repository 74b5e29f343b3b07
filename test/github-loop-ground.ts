/**
 * Real git under a loop on GitHub: a bare repository, its owner's clone, and a folder with the agent's plan.
 *
 * It bridges to the stand-in, as GitHub's git does to its API: `bridge` shows what was pushed since, each commit
 * with its hash, parents and message, and nothing twice on one branch. Nobody can see a commit on GitHub before it
 * was pushed. The other way, `made` makes in the bare repository what GitHub merges, with the hash that git gives it.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'

import { AGENT_ENV } from '../src/demo/agent.ts'
import { git } from '../src/git/git.ts'
import type { RealGit } from './github/model.ts'
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
    made: madeIn(bare),
    /** Its landing branch, oldest first: the titles of its first parents. */
    async mainline() {
      const log = ['log', '--reverse', '--first-parent', '--format=%s', 'main']
      return (await git(bare, log)).trim().split('\n')
    },
    /** A person puts a commit upon a branch that is there, at this very moment. Its hash. */
    pushUpon: (branch: string) => pushUpon(bare, branch),
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

type Show = (commit: Commit, on: { readonly branch: string; readonly isTip: boolean }) => void

/** All that is on a branch and was not shown before on it, oldest first; the landing branch last. */
function bridgeFrom(bare: string) {
  const shown = new Map<string, string>()
  return (show: Show) => {
    for (const branch of branchesOf(bare)) {
      const tip = readFileSync(join(bare, 'refs/heads', branch), 'utf8').trim()
      const before = shown.get(branch)
      if (tip === before) continue
      shown.set(branch, tip)
      const range = before === undefined ? newOn(branch, tip) : [tip, `^${before}`]
      for (const commit of commitsIn(bare, range))
        show(commit, { branch, isTip: commit.sha === tip })
    }
  }
}

const newOn = (branch: string, tip: string) => (branch === 'main' ? [tip] : [tip, '^main'])

function branchesOf(bare: string): readonly string[] {
  const folder = join(bare, 'refs/heads')
  const all = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.lock'))
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)))
  return [
    ...all.filter((branch) => branch !== 'main'),
    ...all.filter((branch) => branch === 'main'),
  ]
}

function commitsIn(bare: string, range: readonly string[]): readonly Commit[] {
  const format = '--format=%H%x00%P%x00%B%x01'
  const said = inBare(bare, ['log', '--reverse', '--topo-order', format, ...range])
  return said
    .split('\u0001')
    .slice(0, -1)
    .map((entry) => {
      const [sha = '', parents = '', message = ''] = entry.trimStart().split('\0')
      return { sha, parents: parents.split(' ').filter(Boolean), message: message.trim() }
    })
}

function madeIn(bare: string): RealGit {
  return {
    write({ parents, message, brings }) {
      const [upon = ''] = parents
      const tree = inBare(bare, ['merge-tree', '--write-tree', upon, brings]).trim()
      const under = parents.flatMap((parent) => ['-p', parent])
      return inBare(bare, ['commit-tree', tree, ...under, '-m', message]).trim()
    },
    move: (branch, to) => void inBare(bare, ['update-ref', `refs/heads/${branch}`, to]),
  }
}

function pushUpon(bare: string, branch: string): string {
  const made = [
    'commit-tree',
    `${branch}^{tree}`,
    '-p',
    branch,
    '-m',
    'one more thing, by a person',
  ]
  const sha = inBare(bare, made).trim()
  inBare(bare, ['update-ref', `refs/heads/${branch}`, sha])
  return sha
}

function inBare(bare: string, args: readonly string[]): string {
  const env = { ...process.env, ...AGENT_ENV }
  return execFileSync('git', ['--git-dir', bare, ...args], { encoding: 'utf8', env })
}
