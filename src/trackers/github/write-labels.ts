/**
 * Adds and removes labels, and leaves all others.
 *
 * What is there already is not added, what is not there is not removed, and a label that somebody took off in
 * between is off. First it adds: an issue that moves from one label to another always has one of them. Never
 * the whole list is written, which would undo what a person does at that moment.
 */
import { GithubError } from '../../github/github-error.ts'
import type { LabelChange } from '../tracker.ts'
import { labelsOf, type RawIssue } from './raw-issue.ts'
import { isSame } from './names.ts'
import type { Repo } from './repo.ts'

export async function addAndRemove(
  issue: RawIssue,
  { add, remove }: LabelChange,
  { client, at }: Repo,
): Promise<void> {
  const path = at(`/issues/${issue.number}/labels`)
  const has = labelsOf(issue)
  const missing = [...new Set(add)].filter((label) => !isIn(has, label))
  if (missing.length > 0) await client.send('POST', path, { labels: missing })
  for (const label of new Set(remove)) {
    if (!isIn(has, label)) continue
    try {
      await client.send('DELETE', `${path}/${encodeURIComponent(label)}`)
    } catch (error) {
      if (!(error instanceof GithubError) || error.code !== 'gone') throw error
      await client.get(at(`/issues/${issue.number}`))
    }
  }
}

function isIn(labels: readonly string[], label: string): boolean {
  return labels.some((each) => isSame(each, label))
}
