/** Help, in words short enough to read aloud. Pure. */
import type { Command, Option } from './command.ts'
import { commands } from './commands.ts'

export function overview(): string {
  const width = Math.max(...Object.keys(commands).map((name) => name.length))
  const lines = Object.entries(commands).map(
    ([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`,
  )
  return [
    'afk: rings your phone when, and only when, a coding agent’s run has ended.',
    '',
    'Usage: afk COMMAND [options]',
    '',
    ...lines,
    '',
    'afk COMMAND --help tells more, with examples. Client commands read AFK_URL',
    '(default http://127.0.0.1:7333) and AFK_TOKEN. Exit: 0 did it, 1 could not, 2 asked wrongly.',
  ].join('\n')
}

export function helpOf({ name, usage, summary, options, examples }: Command): string {
  const rows = Object.entries({ ...options, help: helpOption } satisfies Command['options']).map(
    ([key, option]) => {
      const left = option.type === 'string' ? `--${key} ${option.value ?? 'TEXT'}` : `--${key}`
      return [left, option.description] as const
    },
  )
  const width = Math.max(...rows.map(([left]) => left.length))
  return [
    `afk ${name} ${usage}`.trimEnd(),
    '',
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    '',
    ...rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    '',
    'Examples:',
    ...examples.map((example) => `  ${example}`),
  ].join('\n')
}

const helpOption: Option = { type: 'boolean', description: 'print this' }
