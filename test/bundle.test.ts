/** What is published, as it is built: the bundled command, and the library that imports next to nothing. */
import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '..')
const built = ['dist/afk.cjs', 'dist/node-commands.cjs', 'dist/lib/index.js']
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  version: string
}

beforeAll(() => {
  if (built.every((file) => existsSync(join(root, file)))) return
  execFileSync(process.execPath, ['scripts/build.mjs'], { cwd: root })
}, 60_000)

type Ran = { readonly code: number; readonly out: string; readonly err: string }

function ran(node: string, argv: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(node, [...argv], { cwd: root }, (error, out, err) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, out, err })
    })
  })
}

const bundled = (...argv: string[]) => ran(process.execPath, ['dist/afk.cjs', ...argv])

describe('the bundled command', () => {
  test.each(['--version', '-v'])('%s prints the version of the package', async (flag) => {
    expect(await bundled(flag)).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })

  test('--help lists the commands', async () => {
    const { code, out, err } = await bundled('--help')
    expect([code, err]).toEqual([0, ''])
    expect(out).toMatch(/^ {2}up +run the node/m)
  })

  test('finds the commands that carry a node, in their file beside it', async () => {
    const { code, out } = await bundled('config', 'schema')
    expect([code, JSON.parse(out)]).toMatchObject([0, { type: 'object' }])
  })

  test('asked wrongly is exit 2 and one sentence, also out of the file beside it', async () => {
    expect(await bundled('rign')).toMatchObject({ code: 2, out: '' })
    const { code, err } = await bundled('config', 'check', '/absent/afk.yaml')
    expect([code, err]).toEqual([
      2,
      expect.stringMatching(/^afk: the configuration cannot be used:\n/),
    ])
    expect(err).not.toMatch(/\n {4}at /)
  })

  test('runs as a file of its own', () => {
    expect(readFileSync(join(root, 'dist/afk.cjs'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
  })
})

describe('an older Node.js', () => {
  const older = (process.env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => !folder.includes('node_modules'))
    .map((folder) => join(folder, 'node'))
    .filter((file) => existsSync(file))
    .find((file) => isOlder(execFileSync(file, ['--version'], { encoding: 'utf8' })))

  function isOlder(text: string): boolean {
    const [major = 0, minor = 0] = text.trim().slice(1).split('.').map(Number)
    return major < 24 || (major === 24 && minor < 15)
  }

  const why = older === undefined ? ' (skipped: no Node.js before 24.15 on PATH)' : ''
  test.skipIf(older === undefined)(
    `gets one sentence and exit 1, not a stack trace${why}`,
    async () => {
      for (const argv of [['--version'], ['up'], ['ring', 'done']]) {
        const { code, out, err } = await ran(older!, ['dist/afk.cjs', ...argv])
        expect([code, out]).toEqual([1, ''])
        expect(err).toMatch(/^afk needs Node\.js 24\.15 or newer, this is [\d.]+: upgrade[^\n]*\n$/)
      }
    },
  )
})

describe('the library', () => {
  const lib = join(root, 'dist/lib')

  /** Every import that can be reached from a file: those of ours by their path below dist/lib. */
  function reached(entry: string): { files: string[]; packages: string[] } {
    const [files, packages] = [new Set<string>(), new Set<string>()]
    function walk(file: string) {
      if (files.has(file)) return
      files.add(file)
      const code = readFileSync(join(lib, file), 'utf8').replace(/\/\*[\s\S]*?\*\//g, '')
      const specs = code.matchAll(/(?:\bfrom|\bimport|\brequire)\s*\(?\s*['"]([^'"]+)['"]/g)
      for (const [, spec = ''] of specs)
        if (spec.startsWith('.')) walk(join(dirname(file), spec))
        else packages.add(spec)
    }
    walk(entry)
    return { files: [...files], packages: [...packages] }
  }

  test('reaches doorbell/ alone: no npm package and no node: module', () => {
    const { files, packages } = reached('index.js')
    expect(packages).toEqual([])
    expect(files.length).toBeGreaterThan(5)
    expect(files.filter((file) => !/^(index\.js|doorbell\/[\w-]+\.js)$/.test(file))).toEqual([])
  })

  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Record<string, string | { default: string; types: string }>
  }
  const entries = Object.entries(exports).flatMap(([name, paths]) =>
    typeof paths === 'string' ? [] : [{ name, ...paths }],
  )

  test.each(entries.filter(({ name }) => name.startsWith('./channels/')))(
    '$name reaches doorbell/ and channels/, Node.js and undici',
    ({ default: path }) => {
      const { files, packages } = reached(path.replace('./dist/lib/', ''))
      expect(files.filter((file) => !/^(doorbell|channels)\//.test(file))).toEqual([])
      expect(packages.filter((name) => !/^(node:.+|undici)$/.test(name))).toEqual([])
    },
  )

  test.each(entries)('$name has its types and its code', ({ default: code, types }) => {
    expect([existsSync(join(root, code)), existsSync(join(root, types))]).toEqual([true, true])
  })

  test('is imported by its name', async () => {
    const script = `
      const { Notifier, renderNotification, TERMINAL_KINDS, DEFAULT_BASE_URL } = await import('afk-loop')
      const made = await Promise.all([
        import('afk-loop/channels/ntfy').then(({ ntfy }) => ntfy({ server: 'https://n.test', topic: 't' })),
        import('afk-loop/channels/webhook').then(({ webhook }) =>
          webhook({ url: 'https://h.test', secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' })),
        import('afk-loop/channels/terminal').then(({ terminal }) => terminal()),
      ])
      const types = [Notifier, renderNotification, TERMINAL_KINDS, DEFAULT_BASE_URL, ...made]
      console.log(JSON.stringify([TERMINAL_KINDS, Object.isFrozen(TERMINAL_KINDS), types.map((one) => typeof one)]))
      for (const channel of made) await channel.close()`
    const { code, out, err } = await ran(process.execPath, ['--input-type=module', '-e', script])
    expect([code, err]).toEqual([0, ''])
    const types = ['function', 'function', 'object', 'string', 'function', 'function', 'function']
    expect(JSON.parse(out)).toEqual([['done', 'needs-human', 'frozen'], true, types])
  })
})
