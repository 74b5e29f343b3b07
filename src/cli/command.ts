/** One command of `afk`. Talks only to what it is given, so that a test can run it in-process. */
export type Command = {
  /** As typed: `ring`, `config check`. */
  readonly name: string
  /** What follows the name, in one line. */
  readonly usage: string
  readonly summary: string
  /** How many words may follow the name, options aside. */
  readonly maxArgs: number
  readonly options: Readonly<Record<string, Option>>
  /** Each is run by a test. */
  readonly examples: readonly string[]
  run(asked: Asked, io: Io): Promise<ExitCode>
}

export type Option = {
  readonly type: 'string' | 'boolean'
  readonly description: string
  /** The placeholder of a string's value. */
  readonly value?: string
}

export type Asked = {
  readonly args: readonly string[]
  readonly text: (option: string) => string | undefined
  readonly flag: (option: string) => boolean
}

export type Io = {
  readonly out: (line: string) => void
  readonly err: (line: string) => void
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdin: () => Promise<string>
  /** Undefined: there is no such file, or it cannot be read. */
  readonly readFile?: (path: string) => string | undefined
  /** One line of whoever sits there; only where standard input is a terminal. */
  readonly ask?: (question: string) => Promise<string>
  /** Whether standard output is a terminal: a person reads it. */
  readonly isTerminal?: boolean
  /** Only where standard error is a terminal that can rewrite a line. */
  readonly screen?: Screen
}

export type Screen = {
  /** How many characters a line holds now. */
  readonly columns: () => number
  /** All that write to this terminal, standard error last. */
  readonly streams: () => readonly Writer[]
}

type Writer = { write(text: string | Uint8Array, ...more: readonly unknown[]): boolean }

/** 0 did it, 1 could not, 2 asked wrongly. Scripts lean on these; do not renumber. */
export type ExitCode = 0 | 1 | 2
