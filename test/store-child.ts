/**
 * A process with a store of its own, for tests that kill one: `node store-child.ts <path> ring|close`.
 *
 * `ring` accepts rings until it is killed, and prints the id of each once it is told that it is on
 * disk. `close` closes its store while rings wait to be written, and should then end in peace.
 */
import { sqliteStore } from '../src/store/sqlite/store.ts'
import { newRing } from './rings.ts'

const [path = '', task] = process.argv.slice(2)
const store = sqliteStore({ path })

async function ring(): Promise<void> {
  const [acceptance] = await store.accept([newRing({ channels: ['phone', 'team'] })])
  process.stdout.write(`${acceptance?.id}\n`)
}

if (task === 'close') {
  const waiting = Array.from({ length: 600 }, ring)
  await Promise.all([...waiting, store.close()])
} else for (;;) await Promise.all([ring(), ring(), ring()])
