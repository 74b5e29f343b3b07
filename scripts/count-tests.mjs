/** Adds up vitest's JSON results and prints one line: `N passed, N failed, N skipped`. Fails if none ran. */
import { readFileSync } from 'node:fs'

const results = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')))
const sum = (key) => results.reduce((total, each) => total + each[key], 0)
const [passed, failed, skipped] = [
  sum('numPassedTests'),
  sum('numFailedTests'),
  sum('numPendingTests'),
]
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
process.exitCode = passed > 0 && failed === 0 ? 0 : 1
