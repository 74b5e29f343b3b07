/** What is wrong with a configuration, as `parseConfig` tells it: empty if nothing is. */
import type { Environment } from '../src/config/environment.ts'
import { parseConfig } from '../src/config/load.ts'
import { ConfigError } from '../src/config/problem.ts'

export function problems(text: string, env: Environment = {}): string[] {
  try {
    parseConfig(text, { file: 'afk.yaml', env })
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n')
    throw error
  }
}
