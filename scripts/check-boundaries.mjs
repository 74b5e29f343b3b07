/**
 * Fails if an import runs against the arrows: shell -> ports -> pure.
 *
 * pure     decides; imports pure only, nothing from npm or node:; no clock, no dice, no await
 * port     types only; may import pure and ports
 * adapter  everything else next to a port; only app.ts and its own folder may import it
 * shell    the rest; delivery/ never imports trackers/, loop/ never channels/
 *
 * And the library: src/index.ts reaches doorbell/ alone, a channel doorbell/ and channels/.
 */
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

const purePaths = [
  /^src\/doorbell\//,
  /^src\/run\//,
  /^src\/fields\.ts$/,
  /^src\/channels\/(http|target|ntfy\/(payload|answer|published)|webhook\/payload|slack\/(spell|mention|payload|dialect|codes|answer|history))\.ts$/,
  /^src\/(store\/store-error|trackers\/tracker-error|ci\/(ci-error|command\/(kept-output|last-lines))|landing\/landing-error|landing\/git\/own-work)\.ts$/,
  /^src\/executors\/(turn-end|t3\/(classify|last-word|said))\.ts$/,
  /^src\/t3\/(meaning|version|transcript|commands)\.ts$/,
  /^src\/executors\/command\/(ending|plain-output|claude-code|codex|opencode|substitute-argv)\.ts$/,
  /^src\/config\/(arming|enrolled|cross-check|duration|environment|later|link-faults|loopback|problem|starter|substitute)\.ts$/,
  /^src\/server\/(views|run-views|run-words|without-repeats|delivery-words|own-page|weeks|bell-views)\.ts$/,
  /^src\/cli\/(lines|run-lines|cli-error)\.ts$/,
  /^src\/delivery\/tell\.ts$/,
  /^src\/(app\/(places|guard)|server\/changes)\.ts$/,
  /^src\/(github\/(github-error|link|meaning|paths|remembered)|trackers\/github\/(happened|mentions|names|priority|spellings)|ci\/github\/(as-checks|required-fold|standing))\.ts$/,
  /^src\/trackers\/files\/(comment|file-fault|file-name|labels|layout|lines|room|title)\.ts$/,
]
const portPaths = [
  /^src\/(channels\/channel|store\/(rings|runs|gates|store)|cli\/command)\.ts$/,
  /^src\/(trackers\/tracker|executors\/executor|ci\/ci|landing\/landing)\.ts$/,
]
const adapterPath = /^src\/(channels|store|trackers|executors|ci|landing)\//
const world =
  /\b(Date\.now|new Date\(\)|Math\.random|crypto\.|process\.|fetch\(|setTimeout|console\.)|\bawait |\basync [\w(]/
/** Sketches of types that live with their schema, and what only the types of shells are needed for. */
const typeOnly = /^import type |^export type /

const floors = [
  [/^src\/doorbell\//, /^src\/doorbell\//],
  [/^src\/run\//, /^src\/(run|doorbell)\//],
  [/^src\/index\.ts$/, /^src\/doorbell\//],
  [/^src\/channels\//, /^src\/(channels|doorbell)\/|^(node:|undici$)/],
  [/^src\/delivery\//, /^(?!src\/(trackers|server|cli)\/)/],
  [/^src\/loop\//, /^(?!src\/(channels|server|cli)\/)/],
  [
    /^src\/config\//,
    /^(?!src\/(channels\/(?!slack\/(dialect|mention)\.ts$)|(store|server|delivery|cli)\/))/,
  ],
]

const isOf = (patterns, file) => patterns.some((pattern) => pattern.test(file))
const kindOf = (file) => {
  if (isOf(purePaths, file)) return 'pure'
  if (isOf(portPaths, file)) return 'port'
  return adapterPath.test(file) ? 'adapter' : 'shell'
}
const reach = { pure: ['pure'], port: ['pure', 'port'] }

const files = globSync('src/**/*.ts')
  .map((file) => file.replaceAll('\\', '/'))
  .filter((file) => !file.endsWith('.test.ts'))
const complaints = []
if (files.length === 0) complaints.push('found no sources: run this from the folder above src/')

for (const file of files) {
  const code = readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '')
  const me = kindOf(file)
  const complain = (what) => complaints.push(`${file}: ${me} code ${what}`)

  const [reached] = (me === 'pure' && file !== 'src/doorbell/notifier.ts' && world.exec(code)) || []
  if (reached) complain(`reaches for the world (${reached.trim()})`)
  if (me === 'port' && /^export (async )?(function|const|class)/m.test(code))
    complain('must be types only')

  for (const [statement, spec] of code.matchAll(/^(?:import|export)\b[^'"]*?from '([^']+)'/gm))
    judge(statement, spec)
  for (const [, spec] of code.matchAll(/\bimport\('([^']+)'\)/g)) judge('import', spec)

  function judge(statement, spec) {
    const isOurs = spec.startsWith('.')
    const target = isOurs ? normalize(join(dirname(file), spec)) : spec
    const them = isOurs ? kindOf(target) : 'package'
    const isType = typeOnly.test(statement)
    const wrongFloor = floors.some(([mine, allowed]) => mine.test(file) && !allowed.test(target))
    const wrongWay = reach[me] && !reach[me].includes(them) && !isType
    if (wrongFloor && !(isType && !isOurs)) complain(`imports ${target}`)
    else if (wrongWay) complain(`imports ${target}`)
    const mayKnowAdapters = /^src\/app(\.ts$|\/)/.test(file) || isType || sharesFolder(file, target)
    if (them === 'adapter' && !mayKnowAdapters) complain(`imports the adapter ${target}`)
  }
}

/** channels/http.ts and its like serve the folders beside them. */
function sharesFolder(file, target) {
  const [mine, theirs] = [dirname(file), dirname(target)]
  return `${mine}/`.startsWith(`${theirs}/`) || theirs.startsWith(`${mine}/`)
}

if (complaints.length > 0) {
  console.error(complaints.join('\n'))
  process.exit(1)
}
console.log(`boundaries: ${files.length} files, every arrow points down`)
