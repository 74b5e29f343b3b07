/** Starts and stops what is measured: the sink, and a node from the built bundle. Ends only its own, by id. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export const bundle = new URL('../dist/afk.cjs', import.meta.url).pathname
const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`

export async function startSink() {
  const child = spawn(process.execPath, [new URL('sink.mjs', import.meta.url).pathname], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const { port } = JSON.parse((await lines.next()).value)
  const ask = async (word) => {
    child.stdin.write(`${word}\n`)
    return JSON.parse((await lines.next()).value)
  }
  return { url: `http://127.0.0.1:${port}`, ask, stop: () => child.stdin.end() }
}

export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'afk-bench-'))
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

/** `settings`: the channel's, over the webhook to the sink; `store`: the store's. */
export async function startNode({ sink, folder, settings = {}, store = {} }) {
  const config = {
    listen: '127.0.0.1:0',
    store: { type: 'sqlite', path: join(folder, 'afk.db'), ...store },
    channels: { sink: { type: 'webhook', url: `${sink.url}/ring`, secret, ...settings } },
    log: 'json',
  }
  const file = join(folder, 'afk.yaml')
  writeFileSync(file, JSON.stringify(config))
  // Its log goes to a file, as under a service manager: a pipe would make this process do half the work.
  const log = join(folder, 'log.jsonl')
  const stderr = openSync(log, 'a')
  const child = spawn(process.execPath, [bundle, 'up', '--config', file], {
    stdio: ['ignore', 'ignore', stderr],
  })
  closeSync(stderr)
  const url = await listening(child, log)
  return {
    url,
    pid: child.pid,
    rssMb: () => residentMb(child.pid),
    async stop() {
      const exited = once(child, 'exit')
      child.kill('SIGTERM')
      await exited
    },
  }
}

async function listening(child, log) {
  while (child.exitCode === null) {
    for (const line of readFileSync(log, 'utf8').split('\n')) {
      if (!line.endsWith('}')) continue
      const event = JSON.parse(line)
      if (event.event === 'node-started') return event.at
    }
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error(`the node did not start: ${readFileSync(log, 'utf8')}`)
}

/** Linux only; elsewhere not measured. */
function residentMb(pid) {
  try {
    const [, kb] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return Number(kb) / 1024
  } catch (error) {
    if (error.code === 'ENOENT') return null
    throw error
  }
}
