/**
 * Fills `${NAME}` from the environment and `${file:/path}` from a file into a parsed document.
 *
 * After parsing, so that no value can change the document's shape. A placeholder that finds nothing
 * is a problem that names the key and the variable or file, never a value.
 */
import type { Environment } from './environment.ts'

export type Missing = { readonly path: readonly (string | number)[]; readonly message: string }

export type Sources = {
  readonly env: Environment
  /** Undefined: there is no such file, or it cannot be read. */
  readonly readFile: (path: string) => string | undefined
}

export function substitute(
  document: unknown,
  sources: Sources,
): { value: unknown; missing: Missing[] } {
  const missing: Missing[] = []

  function walk(node: unknown, path: readonly (string | number)[]): unknown {
    if (typeof node === 'string')
      return node.replace(placeholder, (_, name: string) => {
        const found = find(name, sources)
        if (found === undefined) missing.push({ path, message: absent(name) })
        return found ?? ''
      })
    if (Array.isArray(node)) return node.map((item, index) => walk(item, [...path, index]))
    if (typeof node !== 'object' || node === null) return node
    return Object.fromEntries(
      Object.entries(node).map(([key, value]) => [key, walk(value, [...path, key])]),
    )
  }

  return { value: walk(document, []), missing }
}

const placeholder = /\$\{([^}]*)\}/g

/** A secret's file usually ends in a line break that is not part of it. */
function find(name: string, { env, readFile }: Sources): string | undefined {
  if (name.startsWith('file:')) return readFile(name.slice('file:'.length))?.replace(/\r?\n$/, '')
  return env[name] || undefined
}

function absent(name: string): string {
  if (name.startsWith('file:'))
    return `needs the file ${name.slice('file:'.length)}, which cannot be read`
  if (!/^[A-Za-z_]\w*$/.test(name))
    return 'has a placeholder that is neither ${NAME} nor ${file:/path}'
  return `needs the environment variable ${name}, which is not set`
}
