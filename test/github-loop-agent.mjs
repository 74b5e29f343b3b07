/**
 * An agent that does what its plan says, turn for turn: real commits with the run's trailer, really pushed.
 *
 * The plan is `plan.json` in the folder `AFK_PLAN`: for each turn a list of acts, one after the other.
 * `{ push: 'fixed', closes: true }` writes that into work.txt, commits and pushes to where its prompt says; `{ waitFor: 'let-go' }`
 * waits for a file of that name in the folder. What it was told stands there as `prompt-1.txt`, who it is as `pid-1`.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const patienceMs = 60_000

const { AFK_RUN: run, AFK_TURN: turn, AFK_PLAN: folder } = process.env
const prompt = readFileSync(0, 'utf8')
const [, to] = /`git push origin HEAD:([^`]+)`/.exec(prompt)
const [, number] = /#(\d+)\b/.exec(prompt)
const git = (...args) => execFileSync('git', args, { encoding: 'utf8' }).trim()

note(`pid-${turn}`, String(process.pid))
note(`prompt-${turn}.txt`, prompt)
const plan = JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'))
const [, pull] = /`git (pull [^`]+)`/.exec(prompt) ?? []
if (pull !== undefined) git(...pull.split(' '))
for (const act of plan[turn - 1]) {
  if ('push' in act) push(act)
  else await fileThere(join(folder, act.waitFor))
}

function push({ push: work, closes = false }) {
  writeFileSync('work.txt', `${work} by ${run}\n`)
  git('add', '-A')
  const issue = `${closes ? 'Closes' : 'Refs'} #${number}`
  git('commit', '-qm', `work: ${work}\n\n${issue}\n\nAFK-Run: ${run}`)
  git('push', '-q', 'origin', `HEAD:${to}`)
  console.log(`Pushed-Commit: ${git('rev-parse', 'HEAD')}`)
}

/** Where the folder is gone, the play is over. */
async function fileThere(path) {
  const deadline = performance.now() + patienceMs
  while (!existsSync(path)) {
    if (!existsSync(folder)) process.exit(1)
    if (performance.now() > deadline) throw new Error(`${path} did not come`)
    await pause(20)
  }
}

/** Whoever sees it sees all of it. */
function note(name, text) {
  const path = join(folder, name)
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}
