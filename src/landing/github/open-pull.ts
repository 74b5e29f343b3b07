/**
 * Opens the pull request of a branch, where it has something that none had before.
 *
 * One that is open is that one. One that a person closed is not opened again for the same commit.
 */
import * as z from 'zod'

import type { GithubClient } from '../../github/client.ts'
import { GithubError } from '../../github/github-error.ts'
import { understood } from '../../github/understood.ts'
import type { Offer, Opened } from '../pulls.ts'
import { pullOf, RawPull } from './raw-pull.ts'

type Place = { readonly client: GithubClient; readonly at: (below: string) => string }

const Branch = z.object({ commit: z.object({ sha: z.string() }) })

const finalCodes: readonly string[] = ['refused', 'forbidden', 'gone']

/** `pulls`: those that the branch has had. @throws {GithubError} if it cannot be asked. */
export async function openPull(
  { branch: head, base, title, body }: Offer & { readonly base: string },
  pulls: readonly RawPull[],
  place: Place,
): Promise<Opened> {
  const open = pulls.find(({ state }) => state === 'open')
  if (open !== undefined) return offered(open)
  const tip = await tipOf(head, place)
  if (tip === null || pulls.some((pull) => pull.head.sha === tip)) return { is: 'nothing' }
  try {
    const made = await place.client.send('POST', place.at('/pulls'), { title, body, head, base })
    return offered(understood(RawPull, made, 'for a new pull request'))
  } catch (error) {
    if (!(error instanceof GithubError) || !finalCodes.includes(error.code)) throw error
    if (/no commits between/i.test(error.message)) return { is: 'nothing' }
    // Somebody was faster: the next look finds it.
    if (/already exists/i.test(error.message)) throw new GithubError('unreachable', error.message)
    return { is: 'refused', why: error.message }
  }
}

function offered(raw: RawPull): Opened {
  const { request, head } = pullOf(raw)
  return { is: 'open', request, head }
}

/** Null: it has no such branch. */
async function tipOf(branch: string, { client, at }: Place): Promise<string | null> {
  try {
    const told = await client.get(at(`/branches/${encodeURIComponent(branch)}`))
    return understood(Branch, told, 'for a branch').commit.sha
  } catch (error) {
    if (error instanceof GithubError && error.code === 'gone') return null
    throw error
  }
}
