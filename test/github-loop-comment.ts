/** What a person reads of a run on its issue on GitHub: at its start, after a red, and at its end. */
import { expect } from 'vitest'

import { threads } from './github-loop-node.ts'
import type { Stage } from './github-loop-stage.ts'
import { until } from './until.ts'

type Comment = { readonly body: string }

/** The one that is ours, below its marker, once it says that. */
export async function told({ repository }: Stage, words: string): Promise<readonly string[]> {
  const comments = (): readonly Comment[] => repository.record.issues.get(1)!.comments
  await until(`the comment says ${words}`, () => comments()[0]?.body.includes(words) === true)
  expect(comments()).toHaveLength(1)
  return comments()[0]!.body.split('\n').slice(1)
}

export async function expectStartTold(stage: Stage) {
  const [run] = await stage.runs()
  const thread = `${threads}/?thread=${run!.threadId}`
  expect(await told(stage, 'Now: the agent works')).toEqual([
    `AFK ${run!.id}`,
    `Thread: [\`${thread}\`](<${thread}>)`,
    ...['', '- [x] worktree', ''],
    ...['Now: the agent works', ''],
    ...[expect.stringMatching(/^Budget at \d{4}-\d\d-\d\d \d\d:\d\d UTC:$/), ''],
    '- fix-forward turns: 0 used, 5 left',
    '- minutes: 0 used, 60 left',
  ])
}

/** Its fix has landed, and is being checked. */
export async function expectRedTold(stage: Stage, failed: number) {
  const lines = await told(stage, stage.commits()[1]!.sha.slice(0, 12))
  expect(lines.slice(3, 9)).toEqual([...wayTo(stage, failed), ''])
  expect(lines).toContain('- fix-forward turns: 1 used, 4 left')
}

export async function expectEndTold(stage: Stage, failed: number) {
  const lines = await told(stage, '**done**')
  const fix = stage.commits()[1]!.sha
  expect(lines.slice(3, 13)).toEqual([
    ...[...wayTo(stage, failed), '- [x] CI green: `lint`, `test`', '- [x] done', ''],
    ...[`**done** at \`${fix}\`: \`lint\` passed, \`test\` passed`, ''],
  ])
  expectNoneTwice(stage)
}

function wayTo({ commits }: Stage, failed: number): readonly string[] {
  const pushed = commits().map(({ sha }) => {
    const url = `https://github.example/octo/infra/commit/${sha}`
    return `- [x] pushed: [\`${sha.slice(0, 12)}\`](<${url}>)`
  })
  const job = new RegExp(
    `^- \\[x\\] CI red: \\[\`test\`\\]\\(<https?://.*/octo/infra/.*${failed}>\\)$`,
  )
  return [
    '- [x] worktree',
    pushed[0]!,
    expect.stringMatching(job) as string,
    '- [x] fix-forward turn 1 asked',
    ...pushed.slice(1),
  ]
}

/** Made once, and edited only where something but the time has changed. */
function expectNoneTwice({ github }: Stage) {
  const written = github.requests.filter(({ method, path }) =>
    /^(?:POST|PATCH) .*\/comments(?:\/\d+)?$/.test(`${method} ${path}`),
  )
  expect(written.map(({ method, status }) => `${method} ${status}`)).toEqual([
    'POST 201',
    ...written.slice(1).map(() => 'PATCH 200'),
  ])
  const substance = written.map(({ body }) =>
    body.replaceAll(/Budget at.*?UTC|minutes: \d+ used, \d+ left/g, ''),
  )
  expect(new Set(substance).size).toBe(substance.length)
}
