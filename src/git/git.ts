/**
 * Git as a process, with as little of the machine and of the repository in it as can be.
 *
 * No system or personal configuration unless `env` names one, no question to a terminal, no hook of the
 * repository, no `ext::` remote. An error never carries a URL's secret.
 */
import { execFile } from 'node:child_process'

export type GitOptions = {
  readonly signal?: AbortSignal
  /** On top of the bare environment; `GIT_CONFIG_GLOBAL` and a token's `GIT_ASKPASS` come through here. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * @returns what it wrote to stdout, unchanged.
 * @throws {GitError} on any exit code but 0, a signal, an abort, or a git that is not installed.
 * @example (await git(clone, ['rev-parse', 'HEAD'])).trim()
 */
export function git(
  cwd: string,
  args: readonly string[],
  options: GitOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const { signal, env } = options
    const settings = {
      cwd,
      env: { ...bare(), ...env },
      maxBuffer: LARGEST,
      ...(signal && { signal }),
    }
    const child = execFile('git', [...GUARDS, ...args], settings, (error, stdout, stderr) => {
      if (error === null) resolve(stdout)
      else reject(new GitError(args, error, stderr))
    })
    // Nobody sits there.
    child.stdin?.end()
  })
}

/** `code`: git's exit code, `ENOENT` and its like, a signal's name, or `ABORT_ERR`. */
export class GitError extends Error {
  override readonly name = 'GitError'
  readonly code: number | string
  /** Without secrets. */
  readonly args: readonly string[]
  /** Without secrets, cut to its last 2,000 characters. */
  readonly stderr: string

  constructor(args: readonly string[], failure: Failure, stderr: string) {
    const said = withoutSecrets(stderr.trim()).slice(-2000)
    const shown = args.map(withoutSecrets)
    const code = failure.code ?? failure.signal ?? 'unknown'
    super(`git ${shown.join(' ')} ended with ${code}${said === '' ? '' : `: ${said}`}`)
    this.args = shown
    this.code = code
    this.stderr = said
  }
}

type Failure = { readonly code?: number | string | null; readonly signal?: string | null }

const LARGEST = 64 * 1024 * 1024

const GUARDS = ['-c', 'core.hooksPath=/dev/null', '-c', 'protocol.ext.allow=never']

/** HOME is kept: ssh finds its keys there. */
function bare(): Record<string, string> {
  return {
    ...passed('PATH', 'HOME', 'SSH_AUTH_SOCK'),
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
  }
}

function passed(...names: readonly string[]) {
  const pairs = names.map((name) => [name, process.env[name]] as const)
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => pair[1] !== undefined))
}

/** `https://user:token@host` and `Authorization: Bearer x`, wherever git repeats them. */
function withoutSecrets(text: string): string {
  return text
    .replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^/\s@]+@/gi, '$1***@')
    .replaceAll(/(authorization:\s*\S+\s+)\S+/gi, '$1***')
    .replaceAll(/([?&][^=&\s]*(?:token|key|secret)[^=&\s]*=)[^&\s]+/gi, '$1***')
}
