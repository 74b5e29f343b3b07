/** The `afk` command: argv and streams in, exit code out. */
import type { Io } from './cli/command.ts'
import { VERSION } from './version.ts'

async function main(argv: readonly string[]): Promise<void> {
  if (argv[0] === '--version' || argv[0] === '-v') {
    process.stdout.write(`${VERSION}\n`)
    return
  }
  const { run } = await import('./cli/run.ts')
  process.exitCode = await run(argv, io)
}

const io: Io = {
  out: (line) => process.stdout.write(`${line}\n`),
  err: (line) => process.stderr.write(`${line}\n`),
  env: process.env,
  stdin: async () => Buffer.concat(await process.stdin.toArray()).toString('utf8'),
}

// Where a line cannot be written there is nobody to tell: it ends the output, never the node.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.exitCode = 1
  })

void main(process.argv.slice(2))
