/**
 * The demo's agent, counted from outside of its worktree: `node counting-agent.mjs FOLDER`.
 *
 * It edits, commits and pushes as `src/demo/agent.ts` does. In FOLDER it notes each start and each end, and
 * holds a lock on its repository meanwhile: one that finds another living agent there notes a violation.
 * All issues work on one part, so that what a frozen issue left broken is not red for the next one.
 */
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

const [folder] = process.argv.slice(2)
const journal = `${folder}/agents.jsonl`
const lock = `${folder}/agent.lock`
const run = process.env.AFK_RUN
const turn = Number(process.env.AFK_TURN)

/** Appended in one write: what two agents note at once stays two lines. */
function note(line) {
  const whole = { ...line, run, turn, pid: process.pid, at: Date.now() }
  appendFileSync(journal, `${JSON.stringify(whole)}\n`)
}

note({ what: 'start' })
const isMine = take()
const prompt = readFileSync(0, 'utf8')
const number = Number(/#(\d+)\./.exec(prompt)?.[1] ?? 0)
const commit = await act((word) => prompt.includes(`demo: ${word}`))
if (isMine) rmSync(lock)
note({ what: 'end', commit })

/** A link is there with its owner's number in it, or it is not there. */
function take() {
  for (;;) {
    try {
      symlinkSync(String(process.pid), lock)
      return true
    } catch (error) {
      if (error.code !== 'EEXIST') throw error
    }
    const owner = ownerOf(lock)
    if (owner !== null && isAlive(owner)) {
      note({ what: 'violation', owner })
      return false
    }
    // Ended before it could let go of it.
    rmSync(lock, { force: true })
  }
}

/** Null: it is free again. */
function ownerOf(path) {
  try {
    return Number(readlinkSync(path))
  } catch (error) {
    if (error.code === 'ENOENT') return null
    throw error
  }
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    if (error.code === 'ESRCH') return false
    throw error
  }
}

/** The commit that it pushed; null: none. */
async function act(says) {
  if (says('wait')) return wait()
  if (says('ask') && !prompt.includes('answer:')) {
    console.log('I need to know.\nAFK-Question: which colour?')
    return null
  }
  if (says('never')) return work(false)
  return work(!says('third') || turn >= 3)
}

/** Until somebody ends it, or its world is gone. */
async function wait() {
  const until = Date.now() + 120_000
  while (Date.now() < until && existsSync(journal)) await pause(250)
  return null
}

function work(isRight) {
  // Another issue may have landed since this place was made: a run that goes on finds an old one.
  git('fetch', '-q', '--refmap=', 'origin', 'main')
  git('merge', '-q', '--ff-only', 'FETCH_HEAD')
  for (const name of ['src', 'test']) mkdirSync(name, { recursive: true })
  writeFileSync('src/part.mjs', `export const part = () => ${isRight ? number : -turn}\n`)
  writeFileSync('test/part.test.mjs', testOf(number))
  git('add', '-A')
  const message = `part ${number}, turn ${turn}\n\nRefs #${number}\n\nAFK-Run: ${run}`
  git('commit', '-qm', message)
  git('push', '-q', 'origin', 'HEAD:main')
  const pushed = git('rev-parse', 'HEAD')
  console.log(`Pushed-Commit: ${pushed}`)
  return pushed
}

function testOf(part) {
  return `import assert from 'node:assert'
import test from 'node:test'
import { part } from '../src/part.mjs'
test('part ${part}', () => assert.equal(part(), ${part}))
`
}

function git(...args) {
  const stdio = ['ignore', 'pipe', 'inherit']
  return execFileSync('git', args, { encoding: 'utf8', stdio }).trim()
}
