/** The demo's throw-away ground: a bare repository, a clone of it, a folder of issues. All in one folder. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { git } from '../git/git.ts'
import { AGENT, AGENT_ENV } from './agent.ts'

export type Ground = {
  readonly folder: string
  readonly clone: string
  readonly agent: string
  addIssue(number: number, issue: DemoIssue): void
  /** As a person would, with an editor. */
  edit(number: number, change: (text: string) => string): void
  remove(): void
}

export type DemoIssue = { readonly name: string; readonly body: string }

export async function layGround(): Promise<Ground> {
  const folder = mkdtempSync(join(tmpdir(), 'afk-demo-'))
  const [bare, clone, issues] = ['origin.git', 'work', 'issues'].map((name) =>
    join(folder, name),
  ) as [string, string, string]
  const agent = join(folder, 'agent.mjs')
  writeFileSync(agent, AGENT)
  mkdirSync(issues)
  await git(folder, ['init', '-q', '--bare', '-b', 'main', bare])
  await git(folder, ['clone', '-q', bare, clone])
  writeFileSync(join(clone, 'README.md'), '# A throw-away repository of afk demo\n')
  await git(clone, ['add', '-A'])
  await git(clone, ['commit', '-qm', 'a beginning'], { env: AGENT_ENV })
  await git(clone, ['push', '-q', 'origin', 'HEAD:main'])
  const files = new Map<number, string>()
  const fileOf = (number: number) => files.get(number) ?? ''

  return {
    folder,
    clone,
    agent,
    addIssue(number, { name, body }) {
      const file = join(issues, `${String(number).padStart(4, '0')}-${name}.md`)
      files.set(number, file)
      writeFileSync(
        file,
        `---\nlabels: [ready-for-agent]\n---\n# ${name.replaceAll('-', ' ')}\n\n${body}\n`,
      )
    },
    edit(number, change) {
      const before = readFileSync(fileOf(number), 'utf8')
      writeFileSync(fileOf(number), change(before))
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
