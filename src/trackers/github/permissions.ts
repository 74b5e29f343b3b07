/**
 * Who may write here, by what GitHub says of their permission, for five minutes at a time.
 *
 * Only `admin` and `write` may, and only where the answer is about the same id: a login can be taken by
 * somebody else. A bot may if its id is allow-listed, and never else: GitHub knows no permission of bots.
 */
import * as z from 'zod'

import type { Clock } from '../../clock.ts'
import { GithubError } from '../../github/github-error.ts'
import { understood } from '../../github/understood.ts'
import type { User } from './raw-issue.ts'
import type { Repo } from './repo.ts'

export type Permissions = {
  /** Null: an account that is gone. @throws {GithubError} if it cannot be asked. */
  mayWrite(user: User | null): Promise<boolean>
}

export type PermissionsOptions = {
  readonly repo: Repo
  /** Ids whose word counts, whatever GitHub says. */
  readonly owners: readonly number[]
  readonly clock: Clock
}

type Asked = { readonly may: Promise<boolean>; readonly until: number }

const keptMs = 5 * 60_000
const most = 2_000

export function permissions({ repo, owners, clock }: PermissionsOptions): Permissions {
  const asked = new Map<number, Asked>()

  function keep(id: number, may: Promise<boolean>) {
    asked.delete(id)
    asked.set(id, { may, until: clock.monotonic() + keptMs })
    const [oldest] = asked.keys()
    if (asked.size > most && oldest !== undefined) asked.delete(oldest)
  }

  return {
    async mayWrite(user) {
      if (user === null) return false
      if (owners.includes(user.id)) return true
      if (user.type === 'Bot') return false
      const known = asked.get(user.id)
      if (known !== undefined && clock.monotonic() < known.until) return known.may
      const may = ask(user, repo)
      keep(user.id, may)
      try {
        return await may
      } catch (error) {
        asked.delete(user.id)
        throw error
      }
    },
  }
}

const Permission = z.object({
  permission: z.string(),
  user: z.object({ id: z.int() }).nullish(),
})

async function ask({ id, login }: User, { client, at }: Repo): Promise<boolean> {
  const path = at(`/collaborators/${encodeURIComponent(login)}/permission`)
  try {
    const { permission, user } = understood(Permission, await client.get(path), 'for a permission')
    return user?.id === id && ['admin', 'write'].includes(permission)
  } catch (error) {
    if (error instanceof GithubError && error.code === 'gone') return false
    throw error
  }
}
