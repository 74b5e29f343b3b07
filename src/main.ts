/** The `afk` command: argv and streams in, exit code out. */
import { readFileSync } from 'node:fs'
import { isatty } from 'node:tty'

import type { Asker } from './cli/asker.ts'
import type { Io, Screen } from './cli/command.ts'
import { VERSION } from './version.ts'

async function main(argv: readonly string[]): Promise<void> {
  if (argv[0] === '--version' || argv[0] === '-v') {
    process.stdout.write(`${VERSION}\n`)
    return
  }
  const { run } = await import('./cli/run.ts')
  process.exitCode = await run(argv, io)
  asker?.close()
}

let asker: Asker | undefined

async function ask(question: string): Promise<string> {
  const terminal = { input: process.stdin, output: process.stdout, interrupt }
  asker ??= (await import('./cli/asker.ts')).asker(terminal)
  return asker.ask(question)
}

function interrupt(): void {
  process.kill(process.pid, 'SIGINT')
}

const screen: Screen = {
  // A terminal that does not know its width says 0.
  columns: () => process.stderr.columns || 80,
  streams: () => [process.stdout, process.stderr].filter(({ isTTY }) => isTTY),
}

const io: Io = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  env: process.env,
  stdin: async () => Buffer.concat(await process.stdin.toArray()).toString('utf8'),
  readFile,
  ...(isatty(0) && { ask }),
  isTerminal: isatty(1),
  ...(isatty(2) && process.env['TERM'] !== 'dumb' && { screen }),
}

/** A file that cannot be read is as good as none. */
function readFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

// Where a line cannot be written there is nobody to tell: it ends the output, never the node.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = 1
  })

void main(process.argv.slice(2))
