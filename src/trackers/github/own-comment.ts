/**
 * The one comment on an issue that is ours: made once, then edited in place.
 *
 * It is found by a hidden marker on its first line, and by its author, who is us: anybody can write a marker.
 * Where two are found the older one is it. What is so already is not written again, and what is too long for
 * GitHub is cut. One that somebody deleted is made anew.
 */
import * as z from 'zod'

import { GithubError } from '../../github/github-error.ts'
import type { Self } from '../../github/self.ts'
import { understood } from '../../github/understood.ts'
import { User } from './raw-issue.ts'
import type { Repo } from './repo.ts'

const App = z.object({ id: z.int(), client_id: z.string().nullish() })

const Comment = z.object({
  id: z.int(),
  body: z.string().nullish(),
  user: User.nullish(),
  performed_via_github_app: App.nullish(),
})

type Comment = z.infer<typeof Comment>

export const marker = (number: number) => `<!-- afk:v1 issue=${number} -->`

/** Of 65,536. */
const mostCharacters = 65_000

export type OwnComment = { say(number: number, words: string): Promise<void> }

export function ownComment({ client, at }: Repo): OwnComment {
  const known = new Map<number, number>()

  async function find(number: number): Promise<Comment | null> {
    const self = await client.self()
    const id = known.get(number)
    const same = id === undefined ? null : await read(id)
    if (same !== null && isOurs(same, { number, self })) return same
    const { items } = await client.all(at(`/issues/${number}/comments?per_page=100`))
    const comments = items.map((item) => understood(Comment, item, 'for comments'))
    const ours = comments.filter((each) => isOurs(each, { number, self }))
    return ours.toSorted((one, other) => one.id - other.id)[0] ?? null
  }

  async function read(id: number): Promise<Comment | null> {
    return orNull(async () =>
      understood(Comment, await client.get(at(`/issues/comments/${id}`)), 'for a comment'),
    )
  }

  return {
    async say(number, words) {
      const body = `${marker(number)}\n${cut(words)}`
      const found = await find(number)
      if (found !== null) {
        known.set(number, found.id)
        if (isSameText(found.body ?? '', body)) return
        const path = at(`/issues/comments/${found.id}`)
        const edited = await orNull(() => client.send('PATCH', path, { body }))
        if (edited !== null) return
      }
      const made = await client.send('POST', at(`/issues/${number}/comments`), { body })
      known.set(number, understood(Comment, made, 'for a new comment').id)
    },
  }
}

type Ours = { readonly number: number; readonly self: Self }

/** What an App writes for a person is that person's. */
function isOurs({ body, user, performed_via_github_app: app }: Comment, { number, self }: Ours) {
  const [first = ''] = (body ?? '').split('\n')
  if (first.trim() !== marker(number)) return false
  if (self.is === 'user') return user?.id === self.id
  return user?.type === 'Bot' && [String(app?.id), app?.client_id].includes(self.app)
}

async function orNull<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof GithubError && error.code === 'gone') return null
    throw error
  }
}

function isSameText(one: string, other: string): boolean {
  return plain(one) === plain(other)
}

function plain(text: string): string {
  return text.replaceAll('\r\n', '\n').trimEnd()
}

/** Never within a character. */
function cut(words: string): string {
  if (words.length <= mostCharacters) return words
  return `${words
    .slice(0, mostCharacters)
    .toWellFormed()
    .replace(/\uFFFD$/, '')}…`
}
