/** `afk audit`: proves that the store keeps the loop's promises. Exit 1, and a line for each that it does not. */
import { join } from 'node:path'

import { auditSqlite } from '../app/beside-node.ts'
import { StoreError } from '../store/store-error.ts'
import { CliError } from './cli-error.ts'
import type { Command } from './command.ts'
import { readConfig } from './read-config.ts'

export const audit: Command = {
  name: 'audit',
  usage: '[--config FILE] [--data DIR] [--json]',
  summary: 'prove that every promise of the loop holds, also while the node runs',
  maxArgs: 0,
  options: {
    config: { type: 'string', value: 'FILE', description: 'the configuration (default afk.yaml)' },
    data: { type: 'string', value: 'DIR', description: 'where the store is kept (default .afk)' },
    json: { type: 'boolean', description: 'print one JSON document' },
  },
  examples: ['afk audit', 'afk audit --json'],
  async run(asked, io) {
    const data = asked.text('data')
    const path =
      data === undefined
        ? readConfig(asked.text('config') ?? null, io).config.store.path
        : join(data, 'afk.db')
    const breaches = audited(path)
    if (asked.flag('json')) io.out(JSON.stringify({ breaches }))
    else if (breaches.length === 0) io.out('every promise holds')
    else for (const breach of breaches) io.out(breach)
    return breaches.length === 0 ? 0 : 1
  },
}

function audited(path: string): readonly string[] {
  try {
    return auditSqlite(path)
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    throw new CliError(1, `cannot audit ${path}: ${error.message}`, { cause: error })
  }
}
