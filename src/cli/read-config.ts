/** The configuration, or every problem in it on standard error's way out. */
import { loadConfig, type Loaded } from '../config/load.ts'
import { ConfigError } from '../config/problem.ts'
import { CliError } from './cli-error.ts'
import type { Io } from './command.ts'

export function readConfig(file: string | null, { env }: Pick<Io, 'env'>): Loaded {
  try {
    return loadConfig({ file, env })
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new CliError(2, `the configuration cannot be used:\n${error.message}`, { cause: error })
  }
}
