/**
 * When the text of an issue was last edited, which only GraphQL tells.
 *
 * What cannot be read is not "never": a server without GraphQL, an answer about another issue, or one of
 * another form is `unknown`, and so is any failure.
 */
import * as z from 'zod'

import { GithubError } from '../../github/github-error.ts'
import type { RawIssue } from './raw-issue.ts'
import { isSame } from './names.ts'
import type { Repo } from './repo.ts'

export type LastEdit =
  { readonly is: 'never' } | { readonly is: 'at'; readonly at: number } | { readonly is: 'unknown' }

const query = `query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    issue(number: $number) {
      url
      lastEditedAt
      userContentEdits(first: 1) { nodes { editedAt } }
    }
  }
}`

const Edits = z.object({ nodes: z.array(z.object({ editedAt: z.iso.datetime() })) })

const Answer = z.object({
  repository: z.object({
    issue: z.object({
      url: z.string(),
      lastEditedAt: z.iso.datetime().nullable(),
      /** Null: it never was. */
      userContentEdits: Edits.nullable(),
    }),
  }),
})

/** Of the body. The title's edits are events. */
export async function lastEditOf(issue: RawIssue, { client, name: full }: Repo): Promise<LastEdit> {
  const [owner = '', name = ''] = full.split('/')
  try {
    const answer = Answer.safeParse(
      await client.graphql(query, { owner, name, number: issue.number }),
    )
    if (!answer.success || !isSame(answer.data.repository.issue.url, issue.html_url))
      return { is: 'unknown' }
    const { lastEditedAt, userContentEdits } = answer.data.repository.issue
    const edits = (userContentEdits?.nodes ?? []).map(({ editedAt }) => editedAt)
    const all = [...edits, ...(lastEditedAt === null ? [] : [lastEditedAt])]
    if (all.length === 0) return { is: 'never' }
    return { is: 'at', at: Math.max(...all.map((text) => Date.parse(text))) }
  } catch (error) {
    if (error instanceof GithubError) return { is: 'unknown' }
    throw error
  }
}
