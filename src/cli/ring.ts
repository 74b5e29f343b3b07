/**
 * `afk ring`: says that a run has ended.
 *
 * The ring's key is made before the first attempt and kept over every repeat, so that waiting for a
 * node that restarts rings once. `--spool` leaves it for the next start; `--direct` needs no node.
 */

import { durationMs } from '../config/duration.ts'
import { cut, cutForJson } from '../doorbell/cut.ts'
import { TERMINAL_KINDS } from '../doorbell/kinds.ts'
import { plain } from '../doorbell/text.ts'
import { ask } from './api.ts'
import { wrongly } from './cli-error.ts'
import type { Asked, Command, ExitCode, Io } from './command.ts'
import { issueRef } from './issue-ref.ts'

export const ring: Command = {
  name: 'ring',
  usage: `${TERMINAL_KINDS.join('|')} --issue REPO#N --detail TEXT [options]`,
  summary: 'ring the bell: a run has ended',
  maxArgs: 1,
  options: {
    issue: { type: 'string', value: 'REPO#N', description: 'the issue the run worked on' },
    detail: { type: 'string', description: 'what happened; - reads standard input' },
    thread: { type: 'string', value: 'ID', description: 'the agent’s conversation' },
    environment: { type: 'string', value: 'ID', description: 'where T3 Code keeps the thread' },
    link: { type: 'string', value: 'URL', description: 'what a tap opens, instead of the thread' },
    key: { type: 'string', value: 'KEY', description: 'the same key is the same ring' },
    wait: {
      type: 'string',
      value: '10s',
      description: 'how long to wait for a node that restarts',
    },
    spool: {
      type: 'boolean',
      description: 'leave it in the data folder for the node’s next start',
    },
    direct: { type: 'boolean', description: 'send it now, without a node and without a record' },
    config: {
      type: 'string',
      value: 'FILE',
      description: 'with --spool or --direct: whose channels',
    },
    data: { type: 'string', value: 'DIR', description: 'with --spool: the node’s data folder' },
    json: { type: 'boolean', description: 'print one JSON document' },
  },
  examples: [
    'afk ring done --issue infra#42 --thread t-1 --detail "merged, CI green"',
    'afk ring frozen --issue acme/web#7 --detail "CI red after 5 attempts" --key run-7',
    'echo "Which database?" | afk ring needs-human --issue infra#42 --detail -',
    'afk ring done --issue infra#42 --detail "while the node was down" --spool',
  ],
  run: ringIt,
}

const maxDetailBytes = 32 * 1024
const maxJsonBytes = 56 * 1024

async function ringIt(asked: Asked, io: Io): Promise<ExitCode> {
  const kind = asked.args[0]
  if (asked.args.length !== 1 || !TERMINAL_KINDS.some((known) => known === kind))
    throw wrongly(
      `kind must be one of ${TERMINAL_KINDS.join(', ')}; got ${asked.args.join(' ') || 'none'}`,
    )
  const issue = issueRef(asked.text('issue'), '--issue')
  const patienceMs = durationMs(asked.text('wait') ?? '10s')
  if (patienceMs === null) throw wrongly('--wait takes a duration, such as 10s')
  const detail = await detailOf(asked.text('detail'), io)
  const threadId = asked.text('thread') ?? null
  const link = asked.text('link') ?? null
  const key = asked.text('key') ?? ownKey()
  const environmentId = asked.text('environment')
  const place = environmentId === undefined ? {} : { environmentId }
  const body = { kind, issue, threadId, ...place, detail, link, key }

  if (asked.flag('spool') || asked.flag('direct')) {
    const { offline } = await import('./node-commands.ts')
    const [file, isSpool] = [asked.text('config') ?? null, asked.flag('spool')]
    const data = asked.text('data') ?? null
    return offline({ body, file, data, isSpool, isJson: asked.flag('json') }, io)
  }
  const posted = await ask<Posted>(io, { method: 'POST', path: '/v1/rings', body, patienceMs })
  if (asked.flag('json')) io.out(JSON.stringify(posted))
  else if (posted.duplicate) io.out(`already rung: ${posted.id}`)
  else io.out(`rung: ${posted.id}, to ${posted.deliveries.map((each) => each.channel).join(', ')}`)
  return 0
}

/** No other call's, and no secret: `node:crypto` takes longer to load than a ring to post. */
function ownKey(): string {
  const dice = () => Math.random().toString(36).slice(2)
  return `cli-${Date.now().toString(36)}-${process.pid}-${dice()}${dice()}`
}

type Posted = {
  readonly id: string
  readonly duplicate: boolean
  readonly deliveries: ReadonlyArray<{ readonly channel: string }>
}

async function detailOf(text: string | undefined, io: Io): Promise<string> {
  if (text === undefined)
    throw wrongly('--detail says what happened; --detail - reads standard input')
  const detail = text === '-' ? (await io.stdin()).trimEnd() : text
  // A request has 64 KiB, and as JSON a quote takes two bytes of it.
  const short = cutForJson(cut(plain(detail), maxDetailBytes), maxJsonBytes)
  if (short !== plain(detail)) io.err('afk: the detail was cut at 32 KiB')
  return short
}
