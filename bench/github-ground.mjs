/**
 * A GitHub with so many repositories, each with an issue, and a node on it in a process of its own.
 *
 * GitHub is its stand-in, in this process. Closing the ground ends both.
 */
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'

import { githubStandIn } from '../test/github/stand-in.ts'

const child = fileURLToPath(new URL('github-child.mjs', import.meta.url))
const secret = 'a-secret-for-the-bench'

/**
 * `unknown`: of so many, the last, nobody says which checks their branch requires. `atWork`: a run is at each.
 * `required`: as configured; null: as the branch's rules say, which are read, too.
 */
export async function githubGround({ runs, unknown = 0, atWork = true, required = null }) {
  const far = await githubStandIn()
  const { world, requests } = far
  const [bot, kim] = [world.user('afk-bot'), world.user('kim')]
  const repositories = Array.from({ length: runs }, (_, i) => {
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
    async push({ name, repository }) {
      const commit = repository.push('main')
      const check = repository.checkRun(commit, { name: 'test', status: 'in_progress' })
      await node.ask('push', { name, commit })
      return { name, repository, check }
    },

    /** GitHub posts it to the node. */
    deliver: (event) => world.deliver(event, { to: node.hook, secret }),

    async close() {
      await node.ask('stop')
      await far.close()
    },
  }
}

async function startNode(about) {
  const running = fork(child, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })
  const ended = new Map()
  const waiting = new Map()
  running.on('message', (said) => {
    if ('ended' in said) ended.set(said.ended, said.at)
    else waiting.get(said.answer)?.resolve(said.is)
  })
  running.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`the node ended with ${code}`))
  })
  let asked = 0
  const ask = (what, more = {}) => {
    const id = (asked += 1)
    return new Promise((resolve, reject) => {
      waiting.set(id, { resolve, reject })
      running.send({ id, ask: what, ...more })
    }).finally(() => waiting.delete(id))
  }
  const hook = await ask('begin', about)
  return {
    hook,
    ask,
    /** When the run of a repository had its verdict; undefined: it has none yet. */
    endedAt: (name) => ended.get(name),
  }
}

/** Until it is so, or too late: whether it is. */
export async function untilSo(isSo, withinMs = 120_000) {
  const deadline = Date.now() + withinMs
  while (!(await isSo())) {
    if (Date.now() > deadline) return false
    await pause(50)
  }
  return true
}

/** What GitHub's secondary limit counts: https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api */
export function pointsOf(requests) {
  const isRead = ({ method, path }) => method === 'GET' || path === '/graphql'
  return requests.reduce((sum, request) => sum + (isRead(request) ? 1 : 5), 0)
}
