/** Something to mend in the configuration: where, and what to do. Never holds a value that could be a secret. */
export type Problem = {
  /** `channels.phone.topic`, or the name of an environment variable. */
  readonly path: string
  /** In the file, counted from 1; null where the file does not say it. */
  readonly line: number | null
  readonly message: string
}

export class ConfigError extends Error {
  readonly problems: readonly Problem[]
  /** What its `${file:...}` placeholders name, as far as it could be read. */
  readonly secretFiles: readonly string[]

  constructor(
    file: string | null,
    problems: readonly Problem[],
    secretFiles: readonly string[] = [],
  ) {
    super(problems.map((problem) => problemLine(file, problem)).join('\n'))
    this.name = 'ConfigError'
    this.problems = problems
    this.secretFiles = secretFiles
  }
}

function problemLine(file: string | null, { path, line, message }: Problem): string {
  const place = file !== null && line !== null ? `${file}:${line}: ` : ''
  return `${place}${path === '' ? '' : `${path} `}${message}`
}
