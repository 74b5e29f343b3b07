/**
 * One throw-away repository of a hostile case: a bare one that stands for the remote, the owner's clone of
 * it, a folder of issues, and one where the agent leaves evidence. `main` begins with two commits.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { git } from '../src/git/git.ts'
import { until } from './until.ts'

export const AGENT = fileURLToPath(new URL('hostile-agent.mjs', import.meta.url))

export type Plot = Awaited<ReturnType<typeof layPlot>>

/** `parent` is there; everything of the plot is below it. */
export async function layPlot(parent: string, name: string) {
  const folder = join(parent, name)
  const [remote, clone, person, issues, evidence] = [
    'remote.git',
    'clone',
    'person',
    'issues',
    'evidence',
  ].map((part) => join(folder, part)) as [string, string, string, string, string]
  for (const each of [folder, issues, evidence]) mkdirSync(each)
  await git(folder, ['init', '-q', '--bare', '-b', 'main', remote])
  await git(folder, ['clone', '-q', remote, clone])
  await git(folder, ['clone', '-q', remote, person])
  const at = (cwd: string) => async (args: string) =>
    (await git(cwd, args.split(' '), { env: author })).trim()
  const [own, other] = [at(clone), at(person)]
  for (const text of ['first', 'second']) {
    writeFileSync(join(clone, 'README.md'), `${text}\n`)
    await own('add -A')
    await own(`commit -qm ${text}`)
  }
  await own('push -q -u origin HEAD:main')

  const path = (number: number) => join(issues, `${String(number).padStart(4, '0')}-an-issue.md`)
  const noted = (what: string) => {
    const file = join(evidence, what)
    return existsSync(file) ? readFileSync(file, 'utf8') : null
  }
  return {
    ...{ name, folder, remote, clone, issues, evidence, path, noted },
    /** Git of the owner, in the clone; words stand between spaces. */
    git: own,
    remoteGit: at(remote),

    /** A person files an issue whose text is an order to the agent. */
    file(number: number, does: string, more: object = {}) {
      const issue = { repo: name, number }
      const order = JSON.stringify({ does, evidence, issue, file: path(number), ...more })
      writeFileSync(path(number), `${front}\n# Issue ${number}\n\nhostile: ${order}\n`)
    },

    edit(number: number, change: (text: string) => string) {
      writeFileSync(path(number), change(readFileSync(path(number), 'utf8')))
    },

    /** Another person lands something, beside all agents; the commit's hash. */
    async landByHand(file: string, text = 'by hand\n') {
      await other('fetch -q origin')
      await other('checkout -q -B main origin/main')
      writeFileSync(join(person, file), text)
      await other('add -A')
      await other('commit -qm by-hand')
      await other('push -q origin main')
      return other('rev-parse HEAD')
    },

    isNoted: (what: string) =>
      until(`${name}: its agent notes ${what}`, () => noted(what) !== null, 110_000),

    /** Of what its agents said they would leave running. */
    pids: () => ['pid', 'child'].flatMap((what) => noted(what) ?? []).map(Number),
  }
}

const front = '---\nlabels: [ready-for-agent]\n---\n'

export const author = {
  GIT_AUTHOR_NAME: 'hostile',
  GIT_AUTHOR_EMAIL: 'hostile@example.com',
  GIT_COMMITTER_NAME: 'hostile',
  GIT_COMMITTER_EMAIL: 'hostile@example.com',
}
