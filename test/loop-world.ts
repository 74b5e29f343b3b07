/**
 * A place for a loop that is to be killed: a bare repository, a clone, a folder of issues, a store, and an
 * agent that is counted. The loop's node is a process on it, started as often as a test wants.
 *
 * Its issues are the demo's scenes, a round of all of them at a time. What nodes said is kept; what they
 * must never say ends the test. Gone, with what an agent would still wait for, when the test is over.
 */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'

import { AGENT_ENV } from '../src/demo/agent.ts'
import { type Scene, SCENES } from '../src/demo/script.ts'
import { git } from '../src/git/git.ts'
import { type NodeProcess, type SpawnedNode, spawnNodeProcess } from './node-process.ts'
import { temporaryFolder } from './temporary.ts'

export type LoopWorld = {
  /** The repository, as it is enrolled. */
  readonly name: string
  readonly folder: string
  /** Of all rounds, each with its own number. */
  readonly scenes: readonly Scene[]
  fileRound(): void
  spawn(): SpawnedNode
  /** How much its agents have noted, in bytes. */
  noted(): number
  /** Null: it is not there, as in the midst of a write. */
  issue(number: number): string | null
  /** As a person would, with an editor. False: it was not there. */
  edit(number: number, change: (text: string) => string): boolean
}

/** The agent's program, which is told its world's folder. */
export const agentOf = (folder: string) => [process.execPath, agent, folder] as const

const agent = fileURLToPath(new URL('counting-agent.mjs', import.meta.url))

const counting = (folder: string) => {
  return { type: 'command', argv: agentOf(folder), stdin: true, env: AGENT_ENV }
}

/** `hook`: where its rings go. `executor`: who runs the agents of a world in this folder; default: a command. */
export async function loopWorld(
  name: string,
  hook: string,
  executor: (folder: string) => object = counting,
): Promise<LoopWorld> {
  const folder = temporaryFolder()
  const issues = join(folder, 'issues')
  mkdirSync(issues)
  await layGround(folder)
  const config = configOf({ name, folder, hook, executor: executor(folder) })
  const scenes: Scene[] = []
  const fileOf = (number: number) => {
    const scene = scenes.find((each) => each.number === number)
    return join(issues, `${String(number).padStart(4, '0')}-${scene?.name ?? ''}.md`)
  }
  const issue = (number: number) => readOr(null, fileOf(number))

  return {
    name,
    folder,
    scenes,
    fileRound() {
      const before = scenes.length
      for (const scene of SCENES) {
        const filed = { ...scene, number: before + scene.number }
        scenes.push(filed)
        writeFileSync(fileOf(filed.number), textOf(filed))
      }
    },
    spawn() {
      const node = spawnNodeProcess(folder, config, token)
      onTestFinished(() => node.kill())
      return node
    },
    noted: () => statSync(join(folder, 'agents.jsonl'), { throwIfNoEntry: false })?.size ?? 0,
    issue,
    edit(number, change) {
      const before = issue(number)
      if (before === null) return false
      const after = change(before)
      if (after !== before) writeFileSync(fileOf(number), after)
      return true
    },
  }
}

/** What no node may say, whatever is done to it. */
export function bugsOf({ log }: Pick<NodeProcess, 'log'>): readonly string[] {
  return log.flatMap((event) => (event.event === 'bug' ? [`${event.where}: ${event.detail}`] : []))
}

async function layGround(folder: string) {
  const clone = join(folder, 'clone')
  await git(folder, ['init', '-q', '--bare', '-b', 'main', 'origin.git'])
  await git(folder, ['clone', '-q', 'origin.git', 'clone'])
  writeFileSync(join(clone, 'README.md'), '# A throw-away repository\n')
  await git(clone, ['add', '-A'])
  await git(clone, ['commit', '-qm', 'a beginning'], { env: AGENT_ENV })
  await git(clone, ['push', '-q', 'origin', 'HEAD:main'])
}

function textOf({ name, body }: Scene): string {
  const title = name.replaceAll('-', ' ')
  return `---\nlabels: [ready-for-agent]\n---\n# ${title}\n\n${body}\n`
}

export function readOr<T>(otherwise: T, path: string): string | T {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return otherwise
    throw error
  }
}

type Place = {
  readonly name: string
  readonly folder: string
  readonly hook: string
  readonly executor: object
}

function configOf({ name, folder, hook, executor }: Place) {
  return {
    tokens: { operator: token },
    channels: { hook: { type: 'webhook', url: hook, secret } },
    loop: {
      killSwitch: false,
      pollEvery: '500ms',
      defaults: {
        tracker: { type: 'files', path: join(folder, 'issues') },
        executor,
        ci: { type: 'command', argv: [process.execPath, '--test'] },
        landing: 'push',
        limits: { fixForwardAttempts: 2 },
      },
      repos: { [name]: { path: join(folder, 'clone') } },
    },
  }
}

const token = 'operator-of-a-throw-away-node'
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
