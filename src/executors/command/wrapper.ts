/**
 * The small process around an agent: it outlives the node and writes down how the agent ended.
 *
 * Whoever links `started.json` first is the turn's only wrapper; the others leave without a trace, as
 * does one whose job was cut short. Of any amount of output it keeps the first and the last MiB. A disk
 * that is full costs output, never the agent or the end: room for that is taken at the start. Records
 * that someone removed are put back while it lives; an agent that kills it leaves a lost turn.
 *
 * The functions below run in another process from their own text (`node -e`), so that a bundle, the
 * sources and an upgrade under a running node all start the same one. They may use nothing but each other,
 * and of other files what they are given: a bundler or a test runner renames what is imported.
 */
import { keepOutput } from './keep-output.ts'

export type Job = {
  /** The turn's records. */
  readonly folder: string
  /** A file that comes and goes when the turn is over, for whoever watches its folder. */
  readonly bell: string
  /** The text of `order.json`. */
  readonly order: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
  /** The file that is its standard input; null: /dev/null. */
  readonly stdin: string | null
  /** How many bytes of the start, and at least how many of the end, are kept of each stream. */
  readonly keepBytes: number
}

type Over = {
  readonly code: number | null
  readonly signal: string | null
  readonly fault: string | null
}

export function wrapperSource(): string {
  const parts = [
    processStart,
    bootId,
    keepOutput,
    claimTurn,
    keepRecords,
    leaveEnd,
    noteAgent,
    runAgent,
    wrapTurn,
  ]
  return `'use strict'\n${parts.map(String).join('\n')}\n${wrapTurn.name}(${keepOutput.name})\n`
}

/** When a process started, as the system tells it: with its pid, it is that process. Null: there is none. */
export function processStart(pid: number, platform: string = process.platform): string | null {
  try {
    if (platform === 'linux') {
      const stat = process.getBuiltinModule('node:fs').readFileSync(`/proc/${pid}/stat`, 'latin1')
      // The name of the program may hold anything, also parentheses.
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
    }
    const env = { PATH: process.env['PATH'] ?? '', LC_ALL: 'C', TZ: 'UTC' }
    const ps = process.getBuiltinModule('node:child_process').execFileSync
    const said = ps('ps', ['-o', 'lstart=', '-p', String(pid)], { env, stdio: 'pipe' })
    return said.toString().trim() || null
  } catch {
    // No such process.
    return null
  }
}

export function bootId(): string {
  try {
    const path = '/proc/sys/kernel/random/boot_id'
    return process.getBuiltinModule('node:fs').readFileSync(path, 'latin1').trim()
  } catch {
    // Where there is no /proc, a start is told as a date, which no other boot repeats.
    return ''
  }
}

function wrapTurn(keep: typeof keepOutput): void {
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => {})
  const text = process.getBuiltinModule('node:fs').readFileSync(0, 'utf8')
  // Whoever asked was killed before all of it was told.
  if (!text.endsWith('\n')) return
  const job = JSON.parse(text) as Job
  process.title = `afk turn ${job.folder.slice(job.folder.lastIndexOf('/') + 1)}`
  const start = processStart(process.pid)
  const me = { type: 'started', pid: process.pid, start, boot: bootId(), at: Date.now() }
  const started = JSON.stringify(me)
  if (claimTurn(job.folder, started)) runAgent(job, started, keep)
}

/** One step makes the record and takes the turn: there is no turn that is taken by nobody. */
function claimTurn(folder: string, started: string): boolean {
  const fs = process.getBuiltinModule('node:fs')
  const draft = `${folder}/started.${process.pid}.new`
  fs.writeFileSync(draft, started, { mode: 0o600, flush: true })
  try {
    fs.linkSync(draft, `${folder}/started.json`)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return false
  } finally {
    fs.rmSync(draft, { force: true })
  }
  const handle = fs.openSync(folder, 'r')
  fs.fsyncSync(handle)
  fs.closeSync(handle)
  return true
}

function runAgent(job: Job, started: string, keep: typeof keepOutput): void {
  const fs = process.getBuiltinModule('node:fs')
  const { spawn } = process.getBuiltinModule('node:child_process')
  const stdout = keep(`${job.folder}/stdout`, job.keepBytes)
  const stderr = keep(`${job.folder}/stderr`, job.keepBytes)
  const watch = setInterval(() => keepRecords(job, started), 1000)
  let isOver = false
  const over = (end: Over) => {
    if (isOver) return
    isOver = true
    clearInterval(watch)
    const lost = stdout.lost() ?? stderr.lost()
    const bytes = { stdoutBytes: stdout.bytes(), stderrBytes: stderr.bytes() }
    const record = { at: Date.now(), ...end, fault: end.fault ?? lost, ...bytes }
    leaveEnd(job, started, JSON.stringify(record))
  }
  const notStarted = (error: unknown) => {
    const { code, message } = error as NodeJS.ErrnoException
    over({ code: null, signal: null, fault: `could not be started: ${code ?? message}` })
  }
  try {
    fs.writeFileSync(`${job.folder}/end.reserve`, ' '.repeat(4096), { mode: 0o600, flush: true })
  } catch {
    // The disk is full already: the end waits until there is room.
  }
  try {
    const stdin = job.stdin === null ? 'ignore' : fs.openSync(job.stdin, 'r')
    const { cwd, env } = job
    const agent = spawn(job.argv[0] ?? '', job.argv.slice(1), {
      cwd,
      env,
      stdio: [stdin, 'pipe', 'pipe'],
    })
    if (typeof stdin === 'number') fs.closeSync(stdin)
    agent.on('error', notStarted)
    let open = 2
    for (const [stream, kept] of [
      [agent.stdout, stdout],
      [agent.stderr, stderr],
    ] as const) {
      stream?.on('data', (chunk: Buffer) => kept.write(chunk))
      stream?.on('error', () => {})
      stream?.on('close', () => (open -= 1))
    }
    agent.on('exit', (code, signal) => {
      // What it left running may hold the streams open for ever.
      const until = Date.now() + 1000
      const drain = () =>
        open <= 0 || Date.now() >= until
          ? over({ code, signal, fault: null })
          : setTimeout(drain, 10)
      drain()
    })
    if (agent.pid !== undefined) noteAgent(job.folder, agent.pid)
  } catch (error) {
    notStarted(error)
  }
}

function noteAgent(folder: string, pid: number): void {
  const fs = process.getBuiltinModule('node:fs')
  try {
    const record = JSON.stringify({ pid, start: processStart(pid) })
    fs.writeFileSync(`${folder}/agent.new`, record, { mode: 0o600 })
    fs.renameSync(`${folder}/agent.new`, `${folder}/agent.json`)
  } catch {
    // A full disk; its group is known by the wrapper's own number.
  }
}

/** An agent can remove them: it runs as the same user. */
function keepRecords(job: Job, started: string): void {
  const fs = process.getBuiltinModule('node:fs')
  if (fs.existsSync(`${job.folder}/started.json`)) return
  try {
    if (!fs.existsSync(job.folder)) fs.mkdirSync(job.folder, { mode: 0o700 })
    fs.writeFileSync(`${job.folder}/order.json`, job.order, { mode: 0o600 })
    claimTurn(job.folder, started)
  } catch {
    // Tried again with every beat, and before the end is told.
  }
}

/** Tried each second for a day, where it cannot be written: until then, the turn is not over. */
function leaveEnd(job: Job, started: string, record: string): void {
  const fs = process.getBuiltinModule('node:fs')
  const reserve = `${job.folder}/end.reserve`
  const until = Date.now() + 86_400_000
  const leave = () => {
    // All of it is gone: nobody reads it any more.
    if (!fs.existsSync(job.bell.slice(0, job.bell.lastIndexOf('/')))) process.exit(0)
    try {
      keepRecords(job, started)
      const file = fs.openSync(reserve, fs.constants.O_RDWR | fs.constants.O_CREAT, 0o600)
      fs.writeSync(file, record.padEnd(4096), 0)
      fs.fsyncSync(file)
      fs.closeSync(file)
      fs.renameSync(reserve, `${job.folder}/end.json`)
    } catch {
      if (Date.now() < until) setTimeout(leave, 1000)
      return
    }
    try {
      fs.writeFileSync(job.bell, '')
      fs.rmSync(job.bell)
    } finally {
      process.exit(0)
    }
  }
  leave()
}
