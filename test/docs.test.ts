/**
 * What the docs say of the project is so: their links lead somewhere, their lists are whole, what is made
 * from a schema is fresh, their Markdown says what it shows. What they tell a reader to run is run in
 * docs-run.test.ts.
 */
import { execFile } from 'node:child_process'
import { cpSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { lint } from 'markdownlint/sync'
import { dirname, join, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

import { laterKeys } from '../src/config/later.ts'
import { configJsonSchema } from '../src/config/schema.ts'
import { DIALECTS } from '../src/channels/slack/dialect.ts'
import type { FailureCode } from '../src/doorbell/outcome.ts'
import { CATALOGUE } from '../src/errors.ts'
import type { LogEvent } from '../src/log.ts'
import { anchorOf, blocksOf, documents, headingsOf, linksOf, read, root } from './markdown.ts'
import { problems } from './problems.ts'
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

describe('a configuration in the docs', () => {
  const keys = Object.keys(Object(configJsonSchema().properties))
  const shown = documents.flatMap((path) =>
    blocksOf(read(path))
      .filter(({ language }) => language === 'yaml')
      .map(({ code }) => ({ path, code })),
  )
  // A recipe shows files of other programs, too.
  const ours = shown.filter(({ code }) => keys.some((key) => code.startsWith(`${key}:`)))

  test.each(ours)('in $path is one that this version takes', ({ code }) => {
    // What stands behind a placeholder is the reader's: something of its form will do.
    const whole = code.replace(/\$\{[^}]*\}/g, (placeholder) => {
      if (/hook_secret|\/hook\}/i.test(placeholder)) return `whsec_${'a'.repeat(32)}`
      if (/url|heartbeat/i.test(placeholder)) return 'https://secret.example/x'
      return `xoxb-0123456789-${placeholder.replace(/\W/g, '')}`
    })
    expect(problems(whole)).toEqual([])
  })

  test('is found where there are some', () => {
    const places = new Set(ours.map(({ path }) => path))
    for (const path of ['configuration', 'operating', 'channels/slack', 'channels/ntfy'])
      expect(places).toContain(`docs/${path}.md`)
  })
})

describe('the errors', () => {
  /** Every code of a try: one more in the type is an error here. */
  const failures = {
    credential: true,
    invalid: true,
    'not-found': true,
    redirected: true,
    'too-large': true,
    'rate-limited': true,
    server: true,
    'not-understood': true,
    network: true,
    timeout: true,
    'lease-expired': true,
  } satisfies Record<FailureCode, true>

  const paragraphOf = (code: string) => {
    const [, after = ''] = read('docs/errors.md').split(`\n### ${code}\n\n`)
    return after.split('\n#')[0] ?? ''
  }

  test('have a paragraph for each code of the catalogue and of a try, in their order, and no other', () => {
    expect(headingsOf(read('docs/errors.md')).slice(1)).toEqual([
      'What the API refuses',
      ...Object.keys(CATALOGUE),
      'The codes of a try',
      ...Object.keys(failures),
    ])
  })

  test.each(Object.entries(CATALOGUE))('say the status of %s', (code, [status]) => {
    expect(paragraphOf(code).startsWith(`HTTP ${status}. `)).toBe(true)
  })

  test.each(Object.keys(failures))('say of %s which outcome it is', (code) => {
    expect(paragraphOf(code)).toMatch(/^(?:Refused|Deferred|Unknown)\b/)
  })
})

describe('the page of Slack', () => {
  const page = read('docs/channels/slack.md')

  test('has a manifest of an app with the scopes that it explains, and no more', () => {
    const [manifest] = blocksOf(page).filter(({ language }) => language === 'json')
    expect(JSON.parse(manifest?.code ?? '')).toMatchObject({
      oauth_config: { scopes: { bot: ['chat:write', 'channels:history'] } },
      settings: { token_rotation_enabled: false },
    })
    const explained = Array.from(page.matchAll(/^\| `(\w+:\w+)` /gm), ([, scope = '']) => scope)
    expect(explained).toEqual(['chat:write', 'channels:history', 'groups:history', 'im:history'])
  })

  test('has a line for every dialect', () => {
    const [, servers = ''] = page.split('\n## Other servers\n')
    const lines = Array.from(servers.matchAll(/^\| `([a-z]+)` /gm), ([, name = '']) => name)
    expect(lines).toEqual([...DIALECTS])
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

  test('has a heading for each type of tracker, executor and CI, with a line for each of its keys', () => {
    const [, parts = ''] = read('docs/configuration.md').split(/<!-- (?:begin|end) parts -->/)
    expect(headingsOf(parts)).toEqual([
      'tracker: github',
      'tracker: files',
      'executor: command',
      'executor: t3',
      'ci: command',
      'ci: github',
      'ci: none',
    ])
    const keys = Array.from(parts.matchAll(/^\| `([\w.]+)` .*\| (.*?) *\|$/gm), ([, key, what]) =>
      [key, what].join(': '),
    )
    expect(keys).toContain(
      'executor.preset: whose headless output it prints; none: its exit code tells',
    )
    expect(keys).toContain('tracker.app.privateKey: PEM; a secret')
    expect(keys.filter((line) => line.endsWith(': '))).toEqual([])
  })

  test('names what comes later, and nothing else', () => {
    const [, list = ''] = read('docs/configuration.md').split('<!-- begin later -->')
    const names = Array.from(list.matchAll(/^- `([^`]+)`/gm), ([, name = '']) => name)
    const types = names.filter((name) => name.includes(': '))
    expect(names).toEqual([...laterKeys, ...types])
    expect(types).toEqual(['store.type: postgres'])
  })
})

describe('the words', () => {
  const lines = read('CONTEXT.md').split('\n')
  const terms = lines.flatMap((line) => /^- \*\*(.+?)\*\*: /.exec(line)?.[1] ?? [])

  test('are each defined once', () => {
    expect(terms.length).toBeGreaterThan(40)
    expect(terms.filter((term, index) => terms.indexOf(term) !== index)).toEqual([])
  })

  /** Words of two parts: a single one has too many meanings to be told by its letters. */
  const shunned = lines
    .flatMap((line) => /_Not_ (.+)\.$/.exec(line)?.[1]?.split(', ') ?? [])
    // Docker's own word.
    .filter((words) => words.includes(' ') && words !== 'health check')

  test.each(documents.filter((path) => path !== 'CONTEXT.md'))('are kept to in %s', (path) => {
    const prose = read(path).replace(/^```.*?^```$/gms, '')
    expect(shunned.filter((words) => prose.toLowerCase().includes(words))).toEqual([])
  })

  test('that are shunned are found', () => {
    expect(shunned).toEqual(expect.arrayContaining(['circuit breaker', 'in flight']))
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
    'ring-resent': true,
    'delivery-accepted': true,
    'delivery-retrying': true,
    'delivery-held': true,
    'delivery-dead': true,
    'delivery-rehomed': true,
    'channel-closed': true,
    'channel-opened': true,
    'run-queued': true,
    'run-ended': true,
    'look-failed': true,
    'loop-paused': true,
    'loop-resumed': true,
    'budget-granted': true,
    'issue-faulty': true,
    'chore-waits': true,
    'token-expires': true,
    'rings-forgotten': true,
    'heartbeat-refused': true,
    'heartbeat-taken': true,
    'node-reloaded': true,
    'reload-refused': true,
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

  // prettier has the lines and the tables; https://github.com/DavidAnson/markdownlint has the rest.
  const found = lint({
    strings: Object.fromEntries(documents.map((path) => [path, read(path)])),
    config: {
      default: true,
      'line-length': false,
      'no-duplicate-heading': { siblings_only: true },
    },
  })

  test.each(documents)('says what it shows: %s', (path) => {
    const told = found[path]?.map(
      ({ lineNumber, ruleNames: [, rule = ''], errorDetail }) =>
        `${path}:${lineNumber} ${rule} ${errorDetail ?? ''}`,
    )
    expect(told).toEqual([])
  })

  test('is of change, feature or fix where it tells of changes', () => {
    const lines = read('CHANGELOG.md').match(/^- .*/gm) ?? []
    expect(lines.filter((line) => !/^- \[(change|feature|fix)\] [\w-]+: \S/.test(line))).toEqual([])
  })
})
