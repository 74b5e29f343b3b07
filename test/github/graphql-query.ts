/**
 * Reads a GraphQL query as far as AFK has any use for one: a single `query` with variables, fields with
 * arguments and aliases, and inline fragments. Anything else is a syntax error.
 */
export type Selection = {
  readonly alias: string
  readonly name: string
  readonly args: Readonly<Record<string, unknown>>
  /** Null: a leaf. */
  readonly fields: readonly Part[] | null
}

/** An inline fragment counts where the object is of its type. */
export type Part = Selection | { readonly on: string; readonly fields: readonly Part[] }

export class SyntaxFault extends Error {}

type Reader = {
  readonly tokens: readonly string[]
  readonly variables: Readonly<Record<string, unknown>>
  at: number
}

const token =
  /\s+|,|#[^\n]*|("(?:[^"\\]|\\.)*"|\.\.\.|[{}()[\]:!$=@]|-?\d+(?:\.\d+)?|[A-Za-z_]\w*)/y

export function parseQuery(
  text: string,
  variables: Readonly<Record<string, unknown>>,
): readonly Part[] {
  const reader: Reader = { tokens: tokensOf(text), variables, at: 0 }
  if (peek(reader) === 'query') header(reader)
  const fields = selectionSet(reader)
  if (peek(reader) !== '') throw new SyntaxFault(`unexpected "${peek(reader)}"`)
  return fields
}

function tokensOf(text: string): readonly string[] {
  const found: string[] = []
  const scan = new RegExp(token)
  while (scan.lastIndex < text.length) {
    const at = scan.lastIndex
    const match = scan.exec(text)
    if (match === null) throw new SyntaxFault(`unexpected "${text[at]}"`)
    if (match[1] !== undefined) found.push(match[1])
  }
  return found
}

/** `query Name($a: T!, $b: [U] = 1)`: the types are not looked at. */
function header(reader: Reader): void {
  take(reader, 'query')
  if (/^\w/.test(peek(reader))) next(reader)
  if (peek(reader) !== '(') return
  while (next(reader) !== ')') if (peek(reader) === '') throw new SyntaxFault('expected ")"')
}

function selectionSet(reader: Reader): readonly Part[] {
  take(reader, '{')
  const parts: Part[] = []
  while (peek(reader) !== '}') parts.push(part(reader))
  take(reader, '}')
  return parts
}

function part(reader: Reader): Part {
  if (peek(reader) === '...') {
    next(reader)
    take(reader, 'on')
    return { on: word(reader), fields: selectionSet(reader) }
  }
  const first = word(reader)
  const isAlias = peek(reader) === ':'
  if (isAlias) next(reader)
  const name = isAlias ? word(reader) : first
  const args = peek(reader) === '(' ? argumentsOf(reader) : {}
  const fields = peek(reader) === '{' ? selectionSet(reader) : null
  return { alias: first, name, args, fields }
}

function argumentsOf(reader: Reader): Readonly<Record<string, unknown>> {
  take(reader, '(')
  const pairs: [string, unknown][] = []
  while (peek(reader) !== ')') {
    const name = word(reader)
    take(reader, ':')
    pairs.push([name, value(reader)])
  }
  take(reader, ')')
  return Object.fromEntries(pairs)
}

function value(reader: Reader): unknown {
  const read = next(reader)
  if (read === '$') return reader.variables[word(reader)] ?? null
  if (read.startsWith('"')) return JSON.parse(read)
  if (/^-?\d/.test(read)) return Number(read)
  if (['true', 'false', 'null'].includes(read)) return JSON.parse(read)
  if (/^\w/.test(read)) return read
  throw new SyntaxFault(`unexpected "${read}"`)
}

function word(reader: Reader): string {
  const read = next(reader)
  if (!/^[A-Za-z_]/.test(read)) throw new SyntaxFault(`expected a name, not "${read}"`)
  return read
}

function take(reader: Reader, wanted: string): void {
  const read = next(reader)
  if (read !== wanted) throw new SyntaxFault(`expected "${wanted}", not "${read}"`)
}

function next(reader: Reader): string {
  const read = peek(reader)
  reader.at += 1
  return read
}

/** Empty at the end. */
function peek({ tokens, at }: Reader): string {
  return tokens[at] ?? ''
}
