/** How this program is called in the current folder. Elsewhere `npx afk` would fetch a stranger's package of that name. */
import { existsSync } from 'node:fs'

import type { Io } from './command.ts'

export function ownName({ readFile }: Pick<Io, 'readFile'>): 'npx afk' | 'npx afk-loop' {
  const isOurs = /^ *"name": *"afk-loop"/m.test(readFile?.('package.json') ?? '')
  return isOurs || existsSync('node_modules/.bin/afk') ? 'npx afk' : 'npx afk-loop'
}
