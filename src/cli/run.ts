/**
 * Runs one command line: finds the command, reads its options, turns what it throws into one line on
 * standard error and an exit code. A bug is not caught: it ends the process with its stack.
 */
import { parseArgs, type ParseArgsConfig } from 'node:util'

import { CliError, isCliError, wrongly } from './cli-error.ts'
import type { Asked, Command, ExitCode, Io } from './command.ts'
import { commands } from './commands.ts'
import { helpOf, overview } from './help.ts'

export async function run(argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    const found = find(argv)
    if (found === 'help') {
      io.out(overview())
      return 0
    }
    const command = await found.load()
    const asked = read(command, found.rest)
    if (asked === 'help') {
      io.out(helpOf(command))
      return 0
    }
    const stray = asked.args[command.maxArgs]
    if (stray !== undefined)
      throw wrongly(`${stray} is one word too many; see afk ${command.name} --help`)
    return await command.run(asked, io)
  } catch (error) {
    if (!isCliError(error)) throw error
    io.err(`afk: ${error.message}`)
    return error.exitCode
  }
}

function find(argv: readonly string[]) {
  const [first, second] = argv
  if (first === undefined || first === 'help' || first === '--help' || first === '-h') return 'help'
  const pair = `${first} ${second ?? ''}`
  const name = Object.hasOwn(commands, pair) ? pair : first
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (entry === undefined) throw wrongly(`there is no command ${first}; afk --help lists them`)
  return { load: entry.load, rest: argv.slice(name.split(' ').length) }
}

function read({ name, options }: Command, argv: readonly string[]): Asked | 'help' {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      options: plain(options),
      allowPositionals: true,
    })
    if (values['help'] === true) return 'help'
    return {
      args: positionals,
      text: (option) => {
        const value = values[option]
        return typeof value === 'string' ? value : undefined
      },
      flag: (option) => values[option] === true,
    }
  } catch (error) {
    const [first = ''] = String((error as Error).message).split('. ')
    throw new CliError(2, `${first}; see afk ${name} --help`, { cause: error })
  }
}

function plain(options: Command['options']): NonNullable<ParseArgsConfig['options']> {
  const named = Object.entries(options).map(([key, { type }]) => [key, { type }] as const)
  return { ...Object.fromEntries(named), help: { type: 'boolean', short: 'h' } }
}
