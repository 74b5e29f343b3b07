/** The command line in-process: what a person would see, and the exit code a script would. */
import type { Io } from '../src/cli/command.ts'
import { run } from '../src/cli/run.ts'

type Ran = { readonly code: number; readonly out: string; readonly err: string }

type Around = {
  readonly env?: Readonly<Record<string, string>>
  readonly stdin?: string
  readonly readFile?: NonNullable<Io['readFile']>
  readonly ask?: NonNullable<Io['ask']>
  readonly isTerminal?: boolean
}

export async function afk(
  argv: readonly string[],
  { env = {}, stdin = '', ...more }: Around = {},
): Promise<Ran> {
  const [out, err] = [[] as string[], [] as string[]]
  const code = await run(argv, {
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    env,
    stdin: async () => stdin,
    ...more,
  })
  return { code, out: out.join('\n'), err: err.join('\n') }
}
