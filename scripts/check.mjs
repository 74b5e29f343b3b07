/** Every check that needs no server, at once. Prints what each said only if it failed. */
import { spawn } from 'node:child_process'
import { performance } from 'node:perf_hooks'

const checks = {
  types: 'tsc -p . && tsc -p web && tsc -p test/page',
  lint: 'oxlint --type-aware',
  format: 'prettier --check --log-level warn .',
  unused: 'knip',
  boundaries: 'node scripts/check-boundaries.mjs',
}

const failed = await Promise.all(Object.entries(checks).map(run))
process.exitCode = failed.some(Boolean) ? 1 : 0

/** True: it failed. `npm run` has put the tools on PATH. */
function run([name, command]) {
  const startedAt = performance.now()
  return new Promise((resolve) => {
    const child = spawn(command, { shell: true })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (said += data))
    child.on('close', (code) => {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
      console.log(`${code === 0 ? 'ok  ' : 'FAIL'} ${name} (${seconds} s)`)
      if (code !== 0) console.log(said)
      resolve(code !== 0)
    })
  })
}
