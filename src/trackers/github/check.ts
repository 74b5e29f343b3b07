/**
 * What a doctor can find out about a repository's issues on GitHub with a token. Nothing is written.
 *
 * A fine-grained token's or an App's right to write shows only in a write, and stays unproven. Where the token is
 * its owner's, whoever gets hold of it speaks in the owner's name, a label included: that is told as a
 * warning.
 */
import * as z from 'zod'

import { bad, type Finding, good, isBad, unproven } from '../../doorbell/finding.ts'
import { type ApiCheck, failure } from '../../github/check.ts'
import { GithubError } from '../../github/github-error.ts'
import { understood } from '../../github/understood.ts'
import type { Labels } from '../tracker.ts'
import { openIssues } from './issues.ts'
import { isSame } from './names.ts'
import type { Repo } from './repo.ts'

export type CheckedIssues = {
  readonly repo: Repo
  readonly labels: Labels
  readonly api: () => Promise<ApiCheck>
}

const issuesNeeds = 'Issues: read and write'

export async function checkIssues({ repo, labels, api }: CheckedIssues) {
  const { findings, scopes } = await api()
  if (findings.some(isBad)) return findings
  const found: Finding[] = [...findings]
  try {
    const [who, shown] = await Promise.all([whoIs(repo), shownOf(repo)])
    if (shown === null) return [...found, hidden(repo, who, scopes)]
    found.push(...stateOf(shown, repo), ...rightsOf({ who, shown, scopes }))
    if (!shown.has_issues) return found
    return [...found, await readyOnes(labels, repo), ...(await labelsOf(labels, repo))]
  } catch (error) {
    if (!(error instanceof GithubError)) throw error
    return [...found, failure(error, issuesNeeds)]
  }
}

const User = z.object({ id: z.int(), login: z.string() })
const Repository = z.object({
  full_name: z.string(),
  private: z.boolean(),
  archived: z.boolean(),
  has_issues: z.boolean(),
  owner: z.object({ id: z.int(), login: z.string() }),
  permissions: z.object({ admin: z.boolean(), push: z.boolean(), pull: z.boolean() }).nullish(),
})

type Shown = z.infer<typeof Repository>

/** Null: an App, which cannot ask. */
type Who = z.infer<typeof User> | null

async function whoIs({ client }: Repo): Promise<Who> {
  if ((await client.self()).is === 'app') return null
  return understood(User, await client.get('/user'), 'GET /user')
}

/** Null: not to this token, or not at all. */
async function shownOf({ client, at }: Repo): Promise<Shown | null> {
  try {
    return understood(Repository, await client.get(at('')), 'for the repository')
  } catch (error) {
    if (error instanceof GithubError && error.code === 'gone') return null
    throw error
  }
}

/** Without `repo` a classic token sees nothing that is private, whatever its account may. */
function hidden({ name }: Repo, who: Who, scopes: ApiCheck['scopes']): Finding {
  const what = `GitHub shows no repository ${name} to ${nameOf(who)}`
  if (scopes === null || scopes.includes('repo'))
    return bad(what, 'give the token access to it, or correct tracker.repo')
  const lacks = `${what}, whose token lacks the scope repo: it has ${scopesIn(scopes)}`
  return bad(lacks, 'add it to the token if the repository is private, else correct tracker.repo')
}

const scopesIn = (scopes: readonly string[]) => (scopes.length === 0 ? 'none' : scopes.join(', '))

const nameOf = (who: Who) => who?.login ?? 'the App'

function stateOf(shown: Shown, { name }: Repo): readonly Finding[] {
  const { full_name: now, archived, has_issues: hasIssues } = shown
  const mend = 'take it out of loop.repos, or make it so again on GitHub'
  return [
    ...(isSame(now, name)
      ? []
      : [unproven(`${name} is called ${now} now`, 'correct tracker.repo')]),
    ...(archived ? [bad(`${now} is archived: nothing can be written`, mend)] : []),
    ...(hasIssues ? [] : [bad(`${now} has its issues turned off`, mend)]),
  ]
}

type Standing = { readonly who: Who; readonly shown: Shown; readonly scopes: ApiCheck['scopes'] }

function rightsOf({ who, shown, scopes }: Standing): readonly Finding[] {
  const { full_name: name, permissions, owner } = shown
  if (who === null) return [unproven(`whether the App may write issues of ${name}`, appNeeds)]
  if (permissions?.push !== true) {
    const mend = 'give that account write access: labels need it, and to ask who may write'
    return [bad(`${who.login} may not write to ${name}`, mend)]
  }
  const isOwner = who.id === owner.id
  return [
    ...tokensOwn(shown, scopes, who.login),
    ...(isOwner || permissions.admin ? [shared(who.login, isOwner)] : []),
  ]
}

const appNeeds = `its installation must have ${issuesNeeds}; afk doctor sees a refusal only when it reads`

/** What the token's own limits leave of what its account may. */
function tokensOwn(
  { full_name: name, private: isPrivate }: Shown,
  scopes: ApiCheck['scopes'],
  login: string,
) {
  if (scopes === null) {
    const what = `${login} may write to ${name}; whether the token may is seen at the first write`
    return [unproven(what, `if it is fine-grained, give it ${issuesNeeds}`)]
  }
  const enough = isPrivate ? ['repo'] : ['repo', 'public_repo']
  if (scopes.some((scope) => enough.includes(scope))) return [good(`${login} may write to ${name}`)]
  const what = `the token lacks the scope ${enough.join(' or ')}: it has ${scopesIn(scopes)}`
  return [bad(what, 'add it to the token')]
}

function shared(login: string, isOwner: boolean): Finding {
  const what = `the token is of ${login}, who ${isOwner ? 'owns' : 'administers'} the repository`
  const risk =
    'owner, agent and AFK share one identity, and a label by any of them is the owner’s word'
  return unproven(
    `${what}: ${risk}`,
    'use a GitHub App, or an account of its own with write access',
  )
}

async function readyOnes({ ready }: Labels, repo: Repo): Promise<Finding> {
  const { issues } = await openIssues([ready], repo)
  return good(
    `${issues.length} ${issues.length === 1 ? 'issue is' : 'issues are'} labelled ${ready}`,
  )
}

async function labelsOf({ ready, inProgress, human }: Labels, repo: Repo) {
  const [isReadyThere, ...others] = await Promise.all(
    [ready, inProgress, human].map((label) => isThere(label, repo)),
  )
  const missing = [inProgress, human].filter((_, index) => others[index] === false)
  return [
    ...(isReadyThere
      ? []
      : [unproven(`there is no label ${ready}`, 'make it, and give it to an issue')]),
    missing.length === 0
      ? good(`the labels ${inProgress} and ${human} are there`)
      : good(`made when first used: the label ${missing.join(', the label ')}`),
  ]
}

async function isThere(label: string, { client, at }: Repo): Promise<boolean> {
  try {
    await client.get(at(`/labels/${encodeURIComponent(label)}`))
    return true
  } catch (error) {
    if (error instanceof GithubError && error.code === 'gone') return false
    throw error
  }
}
