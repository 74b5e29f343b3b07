/** `afk backup`: a consistent copy of the store, also while a node runs. */
import { join } from 'node:path'

import { backupSqlite } from '../app/beside-node.ts'
import { StoreError } from '../store/store-error.ts'
import { CliError, wrongly } from './cli-error.ts'
import type { Command } from './command.ts'
import { readConfig } from './read-config.ts'

export const backup: Command = {
  name: 'backup',
  usage: 'FILE [--config FILE] [--data DIR]',
  summary: 'a consistent copy of the store, also while the node runs',
  maxArgs: 1,
  options: {
    config: { type: 'string', value: 'FILE', description: 'the configuration (default afk.yaml)' },
    data: { type: 'string', value: 'DIR', description: 'where the store is kept (default .afk)' },
  },
  examples: ['afk backup afk-backup.db'],
  async run(asked, io) {
    const [target] = asked.args
    if (target === undefined) throw wrongly('afk backup takes the name of a file to write')
    const data = asked.text('data')
    const path =
      data === undefined
        ? readConfig(asked.text('config') ?? null, io).config.store.path
        : join(data, 'afk.db')
    try {
      const { rings } = backupSqlite(path, target)
      io.out(`copied ${rings} rings of ${path} to ${target}`)
      return 0
    } catch (error) {
      throw explain(error, { path, target })
    }
  },
}

function explain(error: unknown, { path, target }: { path: string; target: string }): CliError {
  if (error instanceof StoreError)
    return new CliError(1, `cannot copy ${path}: ${error.message}`, { cause: error })
  const { code } = Object(error) as NodeJS.ErrnoException
  if (code === 'EEXIST')
    return new CliError(1, `${target} is there already: name another file`, { cause: error })
  if (typeof code !== 'string') throw error
  const mend = 'name a file in a folder that is there, has room and is writable'
  return new CliError(1, `cannot write ${target} (${code}): ${mend}`, { cause: error })
}
