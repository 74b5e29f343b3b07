/** One repository as its token sees it. */
import type { GithubClient } from '../../github/client.ts'
import { pathsOf } from '../../github/paths.ts'

export type Repo = {
  readonly client: GithubClient
  /** `owner/name`, as it was configured; it may have another by now. */
  readonly name: string
  /** The path of what is below it. */
  readonly at: (below: string) => string
}

/** @throws {TypeError} if it is no `owner/name`. */
export function repoOf(name: string, client: GithubClient): Repo {
  return { client, name, at: pathsOf(name) }
}
