/**
 * The demo's agent, as the program that runs in a worktree: it really edits, commits and pushes, and knows
 * nothing else. What it does with an issue stands in the issue's own text.
 */
export const AGENT = `
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'

const prompt = readFileSync(0, 'utf8')
const turn = Number(process.env.AFK_TURN)
const run = process.env.AFK_RUN
const number = Number(/#(\\d+)\\./.exec(prompt)?.[1] ?? 0)
const says = (word) => prompt.includes('demo: ' + word)
const git = (...args) => execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim()

function work(isRight) {
  mkdirSync('src', { recursive: true })
  mkdirSync('test', { recursive: true })
  writeFileSync('src/part-' + number + '.mjs', 'export const part = () => ' + (isRight ? number : -turn) + '\\n')
  writeFileSync(
    'test/part-' + number + '.test.mjs',
    "import assert from 'node:assert'\\nimport test from 'node:test'\\n" +
      "import { part } from '../src/part-" + number + ".mjs'\\n" +
      "test('part " + number + "', () => assert.equal(part(), " + number + '))\\n',
  )
  git('add', '-A')
  git('commit', '-qm', 'part ' + number + ', turn ' + turn + '\\n\\nRefs #' + number + '\\n\\nAFK-Run: ' + run)
  git('push', '-q', 'origin', 'HEAD:main')
  console.log('Pushed-Commit: ' + git('rev-parse', 'HEAD'))
}

if (says('wait')) await new Promise((resolve) => setTimeout(resolve, 120_000))
else if (says('ask') && !prompt.includes('answer:')) console.log('I need to know.\\nAFK-Question: which colour?')
else if (says('never')) work(false)
else if (says('third')) work(turn >= 3)
else work(true)
`

/** One line of the demo's configuration: git must know who commits, and nothing else of this machine. */
export const AGENT_ENV = {
  GIT_AUTHOR_NAME: 'demo agent',
  GIT_AUTHOR_EMAIL: 'agent@demo.invalid',
  GIT_COMMITTER_NAME: 'demo agent',
  GIT_COMMITTER_EMAIL: 'agent@demo.invalid',
}
