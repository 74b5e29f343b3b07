/**
 * `afk doctor`: tries each configured thing for real. Exit 1 if something is bad.
 *
 * The node does it, so that what is tried is what rings; without a node the configuration here is
 * checked instead, and that no node answers is a finding of its own. `links` opens each kind of link, and
 * tries nothing else.
 */
import type { z } from 'zod'

import type { DoctorView } from '../server/schemas.ts'
import { ask, Unreachable } from './api.ts'
import { wrongly } from './cli-error.ts'
import type { Command, Io } from './command.ts'

type Findings = z.infer<typeof DoctorView>['findings']

export const doctor: Command = {
  name: 'doctor',
  usage: '[links] [--config FILE] [--json]',
  summary:
    'try each configured thing for real, and say what to mend; links: open each kind of link',
  maxArgs: 1,
  options: {
    config: { type: 'string', value: 'FILE', description: 'what to check where no node answers' },
    json: { type: 'boolean', description: 'print one JSON document' },
  },
  examples: ['afk doctor', 'afk doctor links', 'afk doctor --json'],
  async run(asked, io) {
    const [what] = asked.args
    if (what !== undefined && what !== 'links')
      throw wrongly(`afk doctor takes links, or nothing; not ${what}`)
    const about = { file: asked.text('config') ?? null, links: what === 'links' }
    const findings = await findingsOf(about, io)
    if (asked.flag('json')) io.out(JSON.stringify({ findings }))
    else for (const finding of findings) io.out(findingLine(finding))
    return findings.some(({ type }) => type === 'bad') ? 1 : 0
  },
}

type About = { readonly file: string | null; readonly links: boolean }

async function findingsOf({ file, links }: About, io: Io): Promise<Findings> {
  try {
    const path = '/v1/doctor'
    const asked = { method: 'POST', path, body: { links } } as const
    return (await ask<z.infer<typeof DoctorView>>(io, asked)).findings
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error
    const down = { about: 'node', type: 'bad' as const, what: 'no node answers', mend: 'afk up' }
    const { checkWithoutNode, openLinksWithoutNode } = await import('./node-commands.ts')
    return [down, ...(await (links ? openLinksWithoutNode : checkWithoutNode)(file, io))]
  }
}

const marks = { good: 'ok  ', bad: 'BAD ', unproven: '?   ' } as const

function findingLine({ about, type, what, mend }: Findings[number]): string {
  return `${marks[type]} ${about}: ${what}${mend === null ? '' : ` -> ${mend}`}`
}
