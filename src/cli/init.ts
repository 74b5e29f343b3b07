/**
 * `afk init`: from nothing to a phone that rang, in four questions.
 *
 * Writes a configuration with its secrets beside it, shows how to subscribe, and sends a drill through
 * the channels as they were configured, without a node. A drill that fails is exit 1; what was written
 * stays. The loop stays disarmed: that is not asked.
 */
import { randomBytes } from 'node:crypto'

import { type Answers, starter } from '../config/starter.ts'
import { wrongly } from './cli-error.ts'
import type { Asked, Command, ExitCode, Io } from './command.ts'
import { ownName } from './own-name.ts'
import { qrLines } from './qr.ts'
import { askFour, type Told } from './questions.ts'
import { readConfig } from './read-config.ts'
import { drillNow, tellSent } from './send-now.ts'
import { assertAbsent, keptSecret, writeSetup } from './setup-files.ts'

export const init: Command = {
  name: 'init',
  usage: '[--yes] [options]',
  summary: 'set up: four questions, a configuration, and a first drill',
  maxArgs: 0,
  options: {
    yes: { type: 'boolean', description: 'ask nothing: take the options, else the defaults' },
    ntfy: { type: 'string', value: 'URL', description: 'the ntfy server, or none' },
    topic: { type: 'string', value: 'TOPIC', description: 'instead of one that nobody guesses' },
    'ntfy-token': { type: 'string', value: 'TOKEN', description: 'an access token of that server' },
    slack: { type: 'string', value: 'URL|TOKEN', description: 'an incoming webhook, or a bot' },
    'slack-channel': { type: 'string', value: 'ID', description: 'where the bot posts' },
    'base-url': { type: 'string', value: 'URL', description: 'where the agents’ threads live' },
    heartbeat: { type: 'string', value: 'URL', description: 'a dead-man’s switch to feed' },
    file: { type: 'string', value: 'FILE', description: 'what to write (default afk.yaml)' },
    'no-drill': { type: 'boolean', description: 'send nothing' },
  },
  examples: [
    'afk init --yes --no-drill',
    'afk init --yes --no-drill --ntfy https://ntfy.example --base-url https://t3.example',
    'afk init --yes --no-drill --ntfy none --slack xoxb-1-2-x --slack-channel C0123456789',
    'afk init --yes --no-drill --heartbeat https://hc-ping.com/your-uuid --file other.yaml',
  ],
  run: setUp,
}

async function setUp(asked: Asked, io: Io): Promise<ExitCode> {
  const file = asked.text('file') ?? 'afk.yaml'
  const ask = asked.flag('yes') ? undefined : io.ask
  if (ask === undefined && !asked.flag('yes'))
    throw wrongly('nobody can answer: standard input is no terminal; --yes takes the defaults')
  assertAbsent(file)
  if (ask !== undefined)
    io.out('Four questions: each takes a URL or none, and Enter takes what stands in [ ].')
  const asking = { err: io.err, ...(ask !== undefined && { ask }) }
  const answers = complete(await askFour(asked, asking))
  const made = starter(answers, {
    operator: keptOr('operator-token', /^[\x21-\x7e]{16,}$/, token),
    ring: keptOr('ring-token', /^[\x21-\x7e]{16,}$/, token),
  })
  const fresh = writeSetup(file, made)
  io.out(`made   ${file}, which holds no secret`)
  io.out(`       .afk/secrets/, which only you can read: ${fresh.join(', ') || 'nothing new'}`)
  for (const line of subscribing(answers)) io.out(line)
  const commands = commandsFor(file, io)
  if (!asked.flag('no-drill')) {
    if (answers.ntfy !== null) await ask?.('Subscribed? Enter rings it. ')
    if (!(await drilled(file, io))) {
      io.err(`afk: not every channel took it: mend ${file} or .afk/secrets/, then ${commands.both}`)
      return 1
    }
  }
  io.out(`next   ${commands.up}`)
  io.out(`then   ${commands.drill}   (in another shell)`)
  return 0
}

/** Through the channels as a node in this shell would have them. True: all of them took it. */
async function drilled(file: string, io: Io): Promise<boolean> {
  const { config } = readConfig(file, io)
  io.out('drill  one marked ring to each channel')
  const isTaken = tellSent(await drillNow(config), io)
  io.out('')
  return isTaken
}

/** A phone that is subscribed already stays so. */
function complete({ ntfy, ...others }: Told): Answers {
  if (ntfy === null) return { ...others, ntfy }
  const topic = ntfy.topic ?? keptOr('ntfy-topic', /^[-_A-Za-z0-9]{1,64}$/, unguessable)
  return { ...others, ntfy: { ...ntfy, topic } }
}

function keptOr(name: string, usable: RegExp, make: () => string): string {
  const kept = keptSecret(name)
  return kept !== undefined && usable.test(kept) ? kept : make()
}

function token(): string {
  return randomBytes(24).toString('hex')
}

/** 100 bits: five of each byte. */
function unguessable(): string {
  const letters = Array.from(randomBytes(20), (byte) => base32.charAt(byte & 0x1f))
  return `afk-${letters.join('')}`
}

const base32 = 'abcdefghijklmnopqrstuvwxyz234567'

function subscribing({ ntfy, slack }: Answers): readonly string[] {
  if (ntfy === null && slack === null)
    return [
      '       Only the terminal where the node runs will ring: nothing reaches you elsewhere.',
      '',
    ]
  if (ntfy === null) return ['']
  const { origin } = new URL(ntfy.server)
  return [
    '',
    ...qrLines(`${origin}/${ntfy.topic}`),
    '',
    'phone  install the ntfy app and scan this, or subscribe to the topic by name:',
    `       ${ntfy.topic} on ${origin}`,
    '',
  ]
}

function commandsFor(file: string, io: Io) {
  const afk = ownName(io)
  const up = file === 'afk.yaml' ? `${afk} up` : `${afk} up --config ${shellWord(file)}`
  return { up, drill: `${afk} drill`, both: `${up} and ${afk} drill` }
}

function shellWord(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
