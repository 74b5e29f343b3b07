/**
 * Where logs lie: another origin than the API's, as it is at GitHub, whose addresses live for a minute.
 *
 * The log of a job is text, each line behind its instant; that of a run is a zip with a file for each job.
 * Whoever sends a token along has given it away: it is refused, and told to `problem`.
 */
import { createServer, type Server } from 'node:http'

import type { Job, WorkflowRun } from './model.ts'
import type { State } from './state.ts'
import { jobsOf } from './workflows.ts'
import { zipOf } from './zip.ts'

const livesMs = 60_000

export function blobAddress(state: State, name: string): string {
  return `${state.blobUrl}/${name}?se=${state.now() + livesMs}&sig=c2lnbmVk`
}

export function blobServer(state: State, problem: (what: string) => void): Server {
  return createServer(({ url = '', headers }, res) => {
    const { pathname, searchParams } = new URL(url, 'http://blobs')
    if (headers.authorization !== undefined) {
      problem(`a token was sent to where logs are: ${pathname}`)
      return void res.writeHead(403, { 'content-type': 'application/xml' }).end(refusal)
    }
    const isGone = Number(searchParams.get('se') ?? 0) < state.now()
    const found = isGone ? null : blob(state, pathname)
    if (found === null)
      return void res.writeHead(403, { 'content-type': 'application/xml' }).end(refusal)
    res.writeHead(200, { 'content-type': found.type }).end(found.bytes)
  })
}

const refusal =
  '<?xml version="1.0" encoding="utf-8"?><Error><Code>AuthenticationFailed</Code></Error>'

type Blob = { readonly type: string; readonly bytes: string | Buffer }

function blob({ repositories }: State, path: string): Blob | null {
  const [, kind, id] = /^\/(runs|jobs)\/(\d+)$/.exec(path) ?? []
  const runs = repositories.flatMap(({ workflowRuns }) => workflowRuns)
  if (kind === 'runs') {
    const run = runs.find((each) => String(each.id) === id)
    return run === undefined ? null : { type: 'application/zip', bytes: zipOfRun(run) }
  }
  const job = runs.flatMap(({ jobs }) => jobs).find((each) => String(each.id) === id)
  return job === undefined ? null : { type: 'text/plain', bytes: stamped(job) }
}

function zipOfRun(run: WorkflowRun): Buffer {
  const jobs = jobsOf(run, run.attempt)
  return zipOf(jobs.map((job, at) => ({ name: `${at}_${job.check.name}.txt`, text: stamped(job) })))
}

/** With the mark at its beginning that GitHub's logs have. */
function stamped({ log, check }: Job): string {
  const at = new Date(check.startedAt ?? 0).toISOString().replace('Z', '0000Z')
  const lines = (log ?? '').replace(/\n$/, '').split('\n')
  return `\u{feff}${lines.map((line) => `${at} ${line}\n`).join('')}`
}
