/** What the schema found wrong, in plain words: where, and what to do. Never the value, which could be a secret. */
import { distance } from 'fastest-levenshtein'
import type { z } from 'zod'

import { isTree } from './environment.ts'
import { isLater, laterTypes } from './later.ts'
import { configJsonSchema } from './schema.ts'

type Path = readonly PropertyKey[]

export function explain(issue: z.core.$ZodIssue): Array<{ path: Path; message: string }> {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      message: unknownKey([...issue.path, key]),
    }))
  if (issue.code === 'invalid_union' && 'discriminator' in issue)
    return [{ path: issue.path, message: unknownType(issue.path) }]
  if (issue.path.join('.') === 'store.type')
    return [{ path: issue.path, message: 'must be sqlite; postgres comes with a later version' }]
  const { path, message } = issue
  if (issue.code === 'invalid_type' && message.endsWith('received undefined'))
    return [{ path, message: 'is missing' }]
  return [{ path, message: message.startsWith('must') ? message : `is wrong: ${message}` }]
}

const knownTypes: Readonly<Record<string, string>> = {
  channels: 'ntfy, slack, webhook or terminal',
  tracker: 'files',
  executor: 'command',
  ci: 'command or none',
}

function unknownType(path: Path): string {
  const name = String(
    path[0] === 'channels' ? 'channels' : path.at(path.at(-1) === 'type' ? -2 : -1),
  )
  const later = laterTypes[name] ?? []
  const comes = later.length > 0 ? `; ${later.join(', ')} comes with a later version` : ''
  return `must be a known type: ${knownTypes[name] ?? 'see the documentation'}${comes}`
}

function unknownKey(path: Path): string {
  if (isLater(path.join('.'))) return 'is not supported by this version; remove it'
  const name = String(path.at(-1))
  const near = knownKeys()
    .map((key) => ({ key, far: distance(key.toLowerCase(), name.toLowerCase()) }))
    .filter(({ key, far }) => far <= Math.max(1, Math.floor(key.length / 3)))
    .toSorted((a, b) => a.far - b.far)[0]
  return near ? `is not a key; did you mean ${near.key}?` : 'is not a key'
}

/** Every key of the schema, wherever it stands. */
function knownKeys(): readonly string[] {
  const keys = new Set<string>()
  JSON.stringify(configJsonSchema(), (key, value: unknown) => {
    if (key === 'properties' && isTree(value)) for (const name of Object.keys(value)) keys.add(name)
    return value
  })
  return [...keys]
}
