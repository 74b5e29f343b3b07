/**
 * A GitHub with so many repositories, each with an issue, and a node on it in a process of its own.
 *
 * GitHub is its stand-in, in this process. Closing the ground ends both.
 */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'

import type { CheckRunHandle } from '../test/github/checks.ts'
import type { IssueHandle } from '../test/github/issue-handle.ts'
import type { RepositoryHandle } from '../test/github/repository.ts'
import { githubStandIn } from '../test/github/stand-in.ts'
import type { WebhookEvent } from '../test/github/webhooks.ts'
import type { Answered, Asked, Begin, Said } from './github-talk.ts'

const child = fileURLToPath(new URL('github-child.ts', import.meta.url))
const secret = 'a-secret-for-the-bench'

export type Ground = Awaited<ReturnType<typeof githubGround>>

export type Enrolled = {
  readonly name: string
  readonly repository: RepositoryHandle
  readonly issue: IssueHandle
}

type Wish = Partial<Pick<Begin, 'atWork' | 'required'>> & {
  readonly runs: number
  /** Of so many, the last, nobody says which checks their branch requires. */
  readonly unknown?: number
}

/** `atWork`: a run is at each. `required`: as configured; null: as the branch's rules say, which are read, too. */
export async function githubGround({ runs, unknown = 0, atWork = true, required = null }: Wish) {
  const far = await githubStandIn()
  const { world, requests } = far
  const [bot, kim] = [world.user('afk-bot'), world.user('kim')]
  const repositories = Array.from({ length: runs }, (_, i): Enrolled => {
    const name = `octo/r${i}`
    const repository = world.repository(name)
    repository.grant(bot, 'write')
    repository.grant(kim, 'write')
    repository.push('main')
    if (i < runs - unknown) repository.require('main', ['test'])
    const issue = repository.issue({ by: kim, labels: atWork ? ['agent-in-progress'] : [] })
    return { name, repository, issue }
  })
  const names = repositories.map(({ name }) => name)
  const token = world.token(bot)
  const node = await startNode({ github: far.url, token, secret, names, atWork, required })

  return {
    repositories,
    requests,
    world,
    kim,
    node,

    /** Its agent has pushed, and the checks of that have begun. */
    async push({ name, repository }: Enrolled): Promise<CheckRunHandle> {
      const commit = repository.push('main')
      const check = repository.checkRun(commit, { name: 'test', status: 'in_progress' })
      await node.ask('push', { name, commit })
      return check
    },

    /** GitHub posts it to the node. */
    deliver: (event: WebhookEvent) => world.deliver(event, { to: node.hook, secret }),

    async close() {
      await node.ask('stop', null)
      await far.close()
    },
  }
}

type Waiting = {
  readonly resolve: (is: Answered[keyof Answered]) => void
  readonly reject: (error: Error) => void
}

async function startNode(about: Begin) {
  const running = fork(child, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const ended = new Map<string, number>()
  const waiting = new Map<number, Waiting>()
  running.on('message', (message) => {
    const said = message as Said
    if (said.type === 'ended') ended.set(said.name, said.at)
    else waiting.get(said.id)?.resolve(said.is)
  })
  running.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the node ended with ${code}`))
  })
  let asked = 0
  const ask = async <K extends keyof Asked>(what: K, more: Asked[K]): Promise<Answered[K]> => {
    const id = (asked += 1)
    const { promise, resolve, reject } = Promise.withResolvers<Answered[keyof Answered]>()
    waiting.set(id, { resolve, reject })
    running.send({ id, ask: what, about: more })
    // The node answers each question with what belongs to it.
    return promise.finally(() => waiting.delete(id)) as Promise<Answered[K]>
  }
  const hook = await ask('begin', about)
  return {
    hook,
    ask,
    /** When the run of a repository had its verdict; undefined: it has none yet. */
    endedAt: (name: string) => ended.get(name),
  }
}

/** Until it is so, or too late: whether it is. */
export async function untilSo(isSo: () => boolean | Promise<boolean>, withinMs = 120_000) {
  const deadline = Date.now() + withinMs
  while (!(await isSo())) {
    if (Date.now() > deadline) return false
    await pause(50)
  }
  return true
}
