/**
 * What the docs say of the project is so: their links lead somewhere, their lists are whole, what is made
 * from a schema is fresh. What they tell a reader to run is run in docs-run.test.ts.
 */
import { execFile } from 'node:child_process'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

import { laterKeys, laterVariables } from '../src/config/later.ts'
import { CATALOGUE } from '../src/errors.ts'
import type { LogEvent } from '../src/log.ts'
import { anchorOf, documents, headingsOf, linksOf, read, root } from './markdown.ts'
import { temporaryFolder } from './temporary.ts'

describe('a link', () => {
  const links = documents.flatMap((path) => linksOf(read(path)).map((link) => ({ path, link })))

  test.each(links)('in $path to $link leads somewhere', ({ path, link }) => {
    const [file = '', anchor] = link.split('#')
    const target = file === '' ? path : relative(root, join(root, dirname(path), file))
    expect(existsSync(join(root, target))).toBe(true)
    if (anchor !== undefined) expect(headingsOf(read(target)).map(anchorOf)).toContain(anchor)
  })

  test('is found where there are some', () => {
    expect(new Set(links.map(({ path }) => path)).size).toBeGreaterThan(4)
  })
})

describe('a file that the docs name', () => {
  const named = documents.flatMap((path) =>
    [...read(path).matchAll(/\b(?:src|test|scripts|bench)\/[\w/.-]+\.(?:ts|mjs|sh)\b/g)].map(
      ([file]) => ({ path, file }),
    ),
  )

  test.each(named)('$file of $path is there', ({ file }) => {
    expect(existsSync(join(root, file))).toBe(true)
  })
})

describe('the errors', () => {
  test('have a paragraph for each code of the catalogue, in its order, and no other', () => {
    const [, ...headings] = headingsOf(read('docs/errors.md'))
    expect(headings).toEqual(Object.keys(CATALOGUE))
  })

  test.each(Object.entries(CATALOGUE))('say the status of %s', (code, [status]) => {
    const [, paragraph = ''] = read('docs/errors.md').split(`\n## ${code}\n\n`)
    expect(paragraph.startsWith(`HTTP ${status}. `)).toBe(true)
  })
})

describe('what is made from a schema', () => {
  const generate = (cwd: string, ...argv: string[]) => {
    const script = join(root, 'scripts/generate-docs.mjs')
    return new Promise<{ code: number; err: string }>((resolve) => {
      execFile(process.execPath, [script, ...argv], { cwd }, (error, _, err) => {
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, err })
      })
    })
  }

  test('is fresh', async () => {
    expect(await generate(root, '--check')).toEqual({ code: 0, err: '' })
  })

  test('is called stale where it is not, and mended', async () => {
    const folder = temporaryFolder()
    cpSync(join(root, 'docs'), join(folder, 'docs'), { recursive: true })
    const path = join(folder, 'docs/api.md')
    const fresh = readFileSync(path, 'utf8')
    writeFileSync(path, fresh.replace('needs-human', 'paused'))
    expect(await generate(folder, '--check')).toEqual({
      code: 1,
      err: expect.stringMatching(/^stale: docs\/api\.md; mend with/),
    })
    expect(await generate(folder)).toMatchObject({ code: 0 })
    expect(readFileSync(path, 'utf8')).toBe(fresh)
  })

  test('names what comes later, and nothing else', () => {
    const [, list = ''] = read('docs/configuration.md').split('<!-- begin later -->')
    const names = Array.from(list.matchAll(/^- `([^`]+)`/gm), ([, name = '']) => name)
    const types = names.filter((name) => name.includes(': '))
    expect(names).toEqual([...laterKeys, ...types, ...laterVariables])
    expect(types).toEqual(['channels.NAME.type: slack', 'store.type: postgres'])
  })
})

describe('the words', () => {
  const lines = read('CONTEXT.md').split('\n')
  const terms = lines.flatMap((line) => /^- \*\*(.+?)\*\*: /.exec(line)?.[1] ?? [])

  test('are each defined once', () => {
    expect(terms.length).toBeGreaterThan(40)
    expect(terms.filter((term, index) => terms.indexOf(term) !== index)).toEqual([])
  })

  test('take one line each', () => {
    const other = lines.filter((line) => line !== '' && !/^(#|- \*\*.+\*\*: )/.test(line))
    expect(other).toHaveLength(2)
  })
})

describe('the dependencies', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<
    'dependencies' | 'devDependencies',
    Record<string, string>
  >

  test('have a line each, and no line lacks one', () => {
    const lines = read('docs/dependencies.md').matchAll(/^\| `([^`]+)` /gm)
    const explained = Array.from(lines, ([, name = '']) => name)
    const installed = Object.keys({ ...dependencies, ...devDependencies })
    expect(new Set(explained)).toEqual(new Set(installed))
    expect(explained).toHaveLength(installed.length)
  })
})

describe('the log', () => {
  /** Every event: one more in the type is an error here. */
  const events = {
    'node-started': true,
    'node-stopped': true,
    'ring-accepted': true,
    'ring-acknowledged': true,
    'delivery-accepted': true,
    'delivery-retrying': true,
    'delivery-dead': true,
    'delivery-rehomed': true,
    'channel-closed': true,
    'channel-opened': true,
    'store-refusing': true,
    'store-writing': true,
    'spool-refused': true,
    bug: true,
  } satisfies Record<LogEvent['event'], true>

  test.each(Object.keys(events))('has its event %s explained', (event) => {
    expect(read('docs/operating.md')).toMatch(new RegExp(`^\\| .*\`${event}\`.* \\| `, 'm'))
  })
})

describe('a document', () => {
  const lengthOf = (path: string) => read(path).trimEnd().split('\n').length

  test('that is the README has less than 150 lines', () => {
    expect(lengthOf('README.md')).toBeLessThan(150)
  })

  const decisions = documents.filter((path) => path.startsWith('docs/adr/'))

  test.each(decisions)('that is a decision has 20 to 40 lines and its parts: %s', (path) => {
    expect(lengthOf(path)).toBeGreaterThanOrEqual(20)
    expect(lengthOf(path)).toBeLessThanOrEqual(40)
    const [title, ...parts] = headingsOf(read(path))
    expect(title).toMatch(new RegExp(`^${Number(/\d{4}/.exec(path)?.[0])}\\. `))
    expect(read(path)).toMatch(/^Status: /m)
    expect(parts).toEqual(['Context', 'Decision', 'Consequences', 'Rejected'])
  })

  test('is of change, feature or fix where it tells of changes', () => {
    const lines = read('CHANGELOG.md').match(/^- .*/gm) ?? []
    expect(lines.filter((line) => !/^- \[(change|feature|fix)\] [\w-]+: \S/.test(line))).toEqual([])
  })
})
