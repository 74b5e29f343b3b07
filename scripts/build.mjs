/**
 * Builds what is published: one bundled CLI file, the page, the library with its types, and the licences of
 * what they hold. Development needs none of it: Node runs the sources as they are.
 */
import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { build } from 'esbuild'
import { build as buildPage } from 'vite'

/** First of all, and in words that any Node.js understands. */
const floor = `#!/usr/bin/env node
var afkNode = process.versions.node.split('.').map(Number);
if (afkNode[0] < 24 || (afkNode[0] === 24 && afkNode[1] < 15)) {
  console.error('afk needs Node.js 24.15 or newer, this is ' + process.versions.node + ': upgrade Node.js and run it again');
  process.exit(1);
}`

/** Where it grows: what is there already stays until this is whole. */
const draft = `dist.new.${process.pid}`
process.on('exit', () => rmSync(draft, { recursive: true, force: true }))

/** The commands that carry a whole node are a file of their own: the others need not even parse it. So is tracing. */
const apart = {
  name: 'apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/(node-commands|tracing)\.ts$/ }, ({ kind, path }) =>
      kind === 'dynamic-import'
        ? { path: `./${basename(path, '.ts')}.cjs`, external: true }
        : undefined,
    ),
}

// CommonJS, because there a lazily loaded part of a file also loads node: modules lazily.
const shared = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node18',
  // Where the code is: beside it lies the page.
  define: { 'import.meta.dirname': '__dirname' },
  legalComments: 'none',
  plugins: [apart],
  metafile: true,
  logLevel: 'warning',
}
const cli = { entryPoints: ['src/main.ts'], outfile: `${draft}/afk.cjs`, banner: { js: floor } }
const node = { entryPoints: ['src/cli/node-commands.ts'], outfile: `${draft}/node-commands.cjs` }
const tracing = { entryPoints: ['src/tracing.ts'], outfile: `${draft}/tracing.cjs` }
const builds = await Promise.all([cli, node, tracing].map((each) => build({ ...shared, ...each })))
chmodSync(`${draft}/afk.cjs`, 0o755)

const tsc = ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json']
execFileSync(process.execPath, [...tsc, '--outDir', `${draft}/lib`], { stdio: 'inherit' })

// Whoever builds for a test builds the same.
process.env.NODE_ENV = 'production'
const page = await buildPage({
  configFile: 'web/vite.config.ts',
  logLevel: 'warn',
  build: { outDir: resolve(draft, 'web') },
})
const ofPage = page.output.flatMap(({ moduleIds = [] }) => moduleIds)

const packages = new Set(
  [...builds.flatMap(({ metafile }) => Object.keys(metafile.inputs)), ...ofPage].flatMap((path) => {
    const [, name] = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? []
    return name ? [name] : []
  }),
)
const notices = [...packages].sort().map((name) => {
  const folder = join('node_modules', name)
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each))
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const text =
    file && existsSync(join(folder, file)) ? readFileSync(join(folder, file), 'utf8') : ''
  return `${name} ${version} (${license})\n\n${text.trim()}\n`
})
writeFileSync(`${draft}/THIRD-PARTY.txt`, notices.join(`\n${'-'.repeat(72)}\n\n`))

rmSync('dist', { recursive: true, force: true })
renameSync(draft, 'dist')
