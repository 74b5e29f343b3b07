/**
 * Plays one recording of test/samples/ as the real CLI would have: the prompt on standard input, its lines one after
 * another on standard output, and the exit code that the recordings' README tells. No recording has a standard error.
 *
 *     replay-agent.mjs SAMPLE [--work] [--cost USD] [--hold FILE]
 *
 * The pauses are the recorded ones where lines tell a time, else steady; where the result tells how long it took, the
 * whole takes as long. All of it takes three seconds at most. Without a prompt that names the run it plays nothing.
 *
 * `--work`: before the last line it really mends, commits and pushes, as the prompt asks. `--cost`: the price of
 * OpenCode's steps; the recorded model had none. `--hold`: it lives on after its last line until the file is there.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'

const steadyMs = 150
const wholeMs = 3_000
const patienceMs = 180_000

const samples = join(import.meta.dirname, 'samples')
const read = (name) => readFileSync(join(samples, name), 'utf8')
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { work: { type: 'boolean' }, cost: { type: 'string' }, hold: { type: 'string' } },
})
const [sample] = positionals
const run = process.env.AFK_RUN
const prompt = readFileSync(0, 'utf8')

if (run === undefined || !prompt.includes(`AFK-Run: ${run}`)) {
  console.error('no prompt of this run on standard input')
  process.exit(64)
}
const [, exitCode] = new RegExp(`^\\| ${sample} +\\|[^|]*\\| +(\\d+) +\\|`, 'm').exec(
  read('README.md'),
)
const lines = read(`${sample}.stdout.jsonl`).trimEnd().split('\n')
const gaps = pausesOf(lines.map((line) => JSON.parse(line)))
for (const [index, line] of lines.entries()) {
  await pause(gaps[index])
  if (values.work && index === lines.length - 1) work()
  console.log(values.cost === undefined ? line : priced(JSON.parse(line)))
}
if (values.hold !== undefined) await released(values.hold)
process.exitCode = Number(exitCode)

/** Before each line, in milliseconds. */
function pausesOf(all) {
  const at = all.map(({ timestamp }) => new Date(timestamp).getTime())
  const told = at.map((time, index) => {
    const gap = time - at[index - 1]
    return gap >= 0 ? gap : steadyMs
  })
  const before = told.slice(0, -1).reduce((sum, gap) => sum + gap, 0)
  const took = all.at(-1).duration_ms ?? 0
  told[told.length - 1] = Math.max(told.at(-1), took - before)
  const whole = before + told.at(-1)
  return told.map((gap) => gap * Math.min(1, wholeMs / whole))
}

function work() {
  const [, branch] = /`git push origin HEAD:([^`\s]+)`/.exec(prompt)
  const [, number] = /: #(\d+)\./.exec(prompt)
  writeFileSync('work.txt', 'fixed\n')
  git('add', '-A')
  git('commit', '-qm', `work: fixed\n\nRefs #${number}\n\nAFK-Run: ${run}`)
  git('push', '-q', 'origin', `HEAD:${branch}`)
}

function git(...args) {
  execFileSync('git', args, { stdio: ['ignore', 'ignore', 'inherit'] })
}

function priced(line) {
  if (line.type === 'step_finish') line.part.cost = Number(values.cost)
  return JSON.stringify(line)
}

async function released(file) {
  const deadline = performance.now() + patienceMs
  while (!existsSync(file) && performance.now() < deadline) await pause(20)
}
