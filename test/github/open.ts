/** A stand-in with a repository, its owner, and a bot that may write; closed when the test is over. */
import { onTestFinished } from 'vitest'

import { ask, type Asked, type Told } from './ask.ts'
import type { User } from './model.ts'
import type { RepositoryHandle } from './repository.ts'
import { type GithubOptions, type GithubStandIn, githubStandIn } from './stand-in.ts'
import type { World } from './world.ts'

export type Opened = {
  readonly github: GithubStandIn
  readonly world: World
  /** `octo/infra`, public. */
  readonly repository: RepositoryHandle
  readonly owner: User
  readonly bot: User
  /** The bot's. */
  readonly token: string
  /** By the bot, below the repository: `/issues`. */
  here(path: string, asked?: Asked): Promise<Told>
}

/** Where the test has problems of its own making, `takeProblems` is for it to call. */
export async function open(options: GithubOptions = {}): Promise<Opened> {
  const github = await githubStandIn(options)
  onTestFinished(() => github.close())
  const { world } = github
  const repository = world.repository('octo/infra')
  const [owner, bot] = [world.user('octo'), world.user('afk-bot')]
  repository.grant(bot, 'write')
  const token = world.token(bot)
  return {
    github,
    world,
    repository,
    owner,
    bot,
    token,
    here: (path, asked = {}) => ask(github, `/repos/octo/infra${path}`, { token, ...asked }),
  }
}
