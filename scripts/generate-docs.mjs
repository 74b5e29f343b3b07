/**
 * Writes the tables of docs/configuration.md and docs/api.md out of the schemas, between the markers
 * `<!-- begin NAME -->` and `<!-- end NAME -->`. The words around the markers are a person's, and stay.
 *
 * `--check` writes nothing, and fails where something would change. Works in the folder it is run in.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { format, resolveConfig } from 'prettier'

import { api, shapes } from './api-tables.mjs'
import { channels, later, parts, settings, variableTable } from './configuration-tables.mjs'

const documents = {
  'docs/configuration.md': { settings, channels, parts, later, variables: variableTable },
  'docs/api.md': { routes: api, shapes },
}

const isCheck = process.argv.includes('--check')
const stale = []

for (const [path, parts] of Object.entries(documents)) {
  const before = readFileSync(path, 'utf8')
  const filled = Object.entries(parts).reduce(fill, before)
  const options = await resolveConfig(new URL('../.prettierrc.json', import.meta.url))
  const after = await format(filled, { ...options, parser: 'markdown' })
  if (after === before) continue
  stale.push(path)
  if (!isCheck) writeFileSync(path, after)
}

if (isCheck && stale.length > 0) {
  console.error(`stale: ${stale.join(', ')}; mend with: node scripts/generate-docs.mjs`)
  process.exitCode = 1
}

function fill(text, [name, make]) {
  const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`]
  const [head, rest, ...more] = text.split(begin)
  const [, tail] = rest?.split(end) ?? []
  if (tail === undefined || more.length > 0) throw new Error(`needs ${begin} and ${end}, once each`)
  return `${head}${begin}\n\n${make()}\n\n${end}${tail}`
}
