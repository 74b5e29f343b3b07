/**
 * Reads a configuration: the file, its placeholders, the environment over it, the schema, and whether
 * the parts fit.
 *
 * Throws a `ConfigError` that names every problem with its key and line. No value is ever repeated in
 * one: it could be a secret.
 */
import { readFileSync } from 'node:fs'
import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml'

import { crossCheck } from './cross-check.ts'
import { type Environment, isTree, layEnvironment, variableOf } from './environment.ts'
import { explain } from './explain.ts'
import { ConfigError, type Problem } from './problem.ts'
import { Config } from './schema.ts'
import { substitute } from './substitute.ts'

type Path = readonly PropertyKey[]

export type Loaded = {
  readonly config: Config
  /** Null: there is no file. */
  readonly file: string | null
  /** What its `${file:...}` placeholders name. */
  readonly secretFiles: readonly string[]
}

/** `file`: null looks for `afk.yaml` in the folder, and goes on without. */
export function loadConfig(ask: { file: string | null; env: Environment }): Loaded {
  const file = ask.file ?? (readText('afk.yaml') === undefined ? null : 'afk.yaml')
  const text = file === null ? '' : readText(file)
  if (text === undefined) {
    const message = `cannot read ${file}: name a file that exists, or none`
    throw new ConfigError(null, [{ path: '', line: null, message }])
  }
  return { ...parse(text, { file, env: ask.env }), file }
}

type Ask = { file: string | null; env: Environment }

export function parseConfig(text: string, ask: Ask): Config {
  return parse(text, ask).config
}

function parse(text: string, { file, env }: Ask): Omit<Loaded, 'file'> {
  const { tree, lineOf } = parseYaml(text, file)
  const at = (path: Path, message: string): Problem => {
    const variable = variableOf(path.join('.'), env)
    if (variable !== undefined) return { path: variable, line: null, message }
    return { path: path.join('.'), line: lineOf(path), message }
  }
  const secretFiles = new Set<string>()
  const readFile = (path: string) => {
    secretFiles.add(path)
    return readSecret(path)
  }
  const { value, missing } = substitute(tree, { env, readFile })
  const laid = layEnvironment(isTree(value) ? value : {}, env)
  const parsed = Config.safeParse(laid.tree)
  const found = parsed.success ? crossCheck(parsed.data) : parsed.error.issues.flatMap(explain)
  const holes = missing.map(({ path, message }) => at(path, message))
  const problems = [
    ...holes,
    ...laid.problems,
    ...found
      .map(({ path, message }) => at(path, message))
      // An empty placeholder fails its schema too: one problem, told once.
      .filter((problem) => !holes.some((hole) => hole.path === problem.path)),
  ]
  if (problems.length > 0 || !parsed.success)
    throw new ConfigError(file, problems, [...secretFiles])
  return { config: parsed.data, secretFiles: [...secretFiles] }
}

function parseYaml(text: string, file: string | null) {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const line = (offset: number) => lines.linePos(offset).line
  const faults = document.errors.map((error) => ({
    path: '',
    line: line(error.pos[0]),
    message: `is not YAML: ${error.message}`,
  }))
  const tree: unknown = faults.length === 0 ? treeOf(document, { file, line }) : null
  if (faults.length === 0 && tree !== null && tree !== undefined && !isTree(tree))
    faults.push({ path: '', line: 1, message: 'must be keys and values' })
  if (faults.length > 0) throw new ConfigError(file, faults)

  /** The line of the key itself where it is there, else of the nearest key above it. */
  function lineOf(path: Path): number | null {
    let node: unknown = document.contents
    let found: number | null = null
    for (const step of path) {
      if (isSeq(node)) node = node.items[Number(step)]
      else if (isMap(node)) {
        const pair = node.items.find(
          ({ key }) => isScalar(key) && String(key.value) === String(step),
        )
        if (pair && isScalar(pair.key) && pair.key.range) found = line(pair.key.range[0])
        node = pair?.value
      }
      if (isScalar(node) && node.range && isSeqItem(step)) found = line(node.range[0])
    }
    return found
  }

  return { tree, lineOf }
}

const isSeqItem = (step: PropertyKey) => typeof step === 'number'

/** An alias that leads nowhere, or a bomb of them: its own message would repeat what may be a secret. */
function treeOf(document: Document, at: { file: string | null; line: (offset: number) => number }) {
  try {
    return document.toJS() as unknown
  } catch {
    let offset = 0
    visit(document, { Alias: (_, alias) => void (offset = alias.range?.[0] ?? offset) })
    const message = 'is not YAML that can be used: a * alias leads nowhere, or there are too many'
    throw new ConfigError(at.file, [{ path: '', line: at.line(offset), message }])
  }
}

/** Undefined: there is no such file. */
function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return undefined
    const message = `cannot read ${path} (${code}): mend it, or name another`
    throw new ConfigError(null, [{ path: '', line: null, message }])
  }
}

/** For a placeholder, a file that cannot be read is as good as none. */
function readSecret(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
