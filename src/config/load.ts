/**
 * Reads a configuration: the file, its placeholders, the environment over it, the schema, and whether
 * the parts fit.
 *
 * Throws a `ConfigError` that names every problem with its key and line. No value is ever repeated in
 * one: it could be a secret.
 */
import { readFileSync } from 'node:fs'
import { isMap, isScalar, LineCounter, parseDocument } from 'yaml'

import { crossCheck } from './cross-check.ts'
import { type Environment, isTree, layEnvironment } from './environment.ts'
import { explain } from './explain.ts'
import { ConfigError, type Problem } from './problem.ts'
import { Config } from './schema.ts'
import { substitute } from './substitute.ts'

type Path = readonly PropertyKey[]

export type Loaded = {
  readonly config: Config
  /** Null: there is no file. */
  readonly file: string | null
}

/** `file`: null looks for `afk.yaml` in the folder, and goes on without. */
export function loadConfig(ask: { file: string | null; env: Environment }): Loaded {
  const file = ask.file ?? (readText('afk.yaml') === undefined ? null : 'afk.yaml')
  const text = file === null ? '' : readText(file)
  if (text === undefined) {
    const message = `cannot read ${file}: name a file that exists, or none`
    throw new ConfigError(null, [{ path: '', line: null, message }])
  }
  return { config: parseConfig(text, { file, env: ask.env }), file }
}

export function parseConfig(text: string, ask: { file: string | null; env: Environment }): Config {
  const { file, env } = ask
  const { tree, lineOf } = parseYaml(text, file)
  const at = (path: Path, message: string): Problem => ({
    path: path.join('.'),
    line: lineOf(path),
    message,
  })
  const { value, missing } = substitute(tree, { env, readFile: readText })
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
  if (problems.length > 0 || !parsed.success) throw new ConfigError(file, problems)
  return parsed.data
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
  const tree: unknown = faults.length === 0 ? document.toJS() : null
  if (faults.length === 0 && tree !== null && tree !== undefined && !isTree(tree))
    faults.push({ path: '', line: 1, message: 'must be keys and values' })
  if (faults.length > 0) throw new ConfigError(file, faults)

  /** The line of the key itself where it is there, else of the nearest key above it. */
  function lineOf(path: Path): number | null {
    if (path.length === 0) return null
    const parent = document.getIn(path.slice(0, -1), true)
    const name = path.at(-1)
    if (isMap(parent)) {
      const pair = parent.items.find(({ key }) => isScalar(key) && key.value === name)
      if (pair && isScalar(pair.key) && pair.key.range) return line(pair.key.range[0])
    }
    return lineOf(path.slice(0, -1))
  }

  return { tree, lineOf }
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}
