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
  if (issue.code === 'invalid_union' && 'discriminator' in issue) {
    const types = laterTypes[String(issue.path[0])] ?? []
    const known = 'must be a known type: ntfy, slack, webhook or terminal'
    const later = types.length > 0 ? `; ${types.join(', ')} comes with a later version` : ''
    return [{ path: issue.path, message: known + later }]
  }
  if (issue.path.join('.') === 'store.type')
    return [{ path: issue.path, message: 'must be sqlite; postgres comes with a later version' }]
  const { path, message } = issue
  if (issue.code === 'invalid_type' && message.endsWith('received undefined'))
    return [{ path, message: 'is missing' }]
  return [{ path, message: message.startsWith('must') ? message : `is wrong: ${message}` }]
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
