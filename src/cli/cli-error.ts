/** Ends a command with one line on standard error: what failed, and what to do next. */
import type { ExitCode } from './command.ts'

export class CliError extends Error {
  readonly exitCode: ExitCode

  constructor(exitCode: ExitCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'CliError'
    this.exitCode = exitCode
  }
}

/** Asked wrongly: the words on the command line cannot mean anything. */
export function wrongly(message: string): CliError {
  return new CliError(2, message)
}

/** By its shape: the commands that carry a node are a bundle with a class of its own. */
export function isCliError(error: unknown): error is CliError {
  return error instanceof Error && error.name === 'CliError'
}
