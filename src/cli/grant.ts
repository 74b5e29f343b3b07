/** `afk grant`: gives an issue more of its budget, written down with who gave it and why. */
import type { z } from 'zod'

import type { Granted } from '../server/run-schemas.ts'
import { ask } from './api.ts'
import { wrongly } from './cli-error.ts'
import type { Asked, Command } from './command.ts'
import { issueRef } from './issue-ref.ts'
import { budgetLine } from './run-lines.ts'

export const grant: Command = {
  name: 'grant',
  usage: 'REPO#N [--attempts N] [--minutes M] [--cost USD] --why TEXT',
  summary: 'give an issue more of its budget; given twice, it is twice as much',
  maxArgs: 1,
  options: {
    attempts: { type: 'string', value: 'N', description: 'corrective turns' },
    minutes: { type: 'string', value: 'M', description: 'of the fix-forward clock' },
    cost: { type: 'string', value: 'USD', description: 'dollars' },
    why: { type: 'string', description: 'why; it stays in the ledger' },
  },
  examples: [
    'afk grant infra#42 --attempts 2 --minutes 30 --why "the flaky test is gone"',
    'afk grant infra#42 --cost 20 --why "it is worth it"',
  ],
  async run(asked, io) {
    const issue = issueRef(asked.args[0], 'afk grant')
    const why = asked.text('why')
    if (why === undefined) throw wrongly('--why says why; it stays in the ledger')
    const given = {
      attempts: wholeOf(asked, 'attempts'),
      minutes: wholeOf(asked, 'minutes'),
      costUsd: numberOf(asked, 'cost'),
    }
    const body = { ...issue, ...given, why }
    const path = '/v1/grants'
    const granted = await ask<z.infer<typeof Granted>>(io, { method: 'POST', path, body })
    const ref = `${issue.repo}#${issue.number}`
    const follows = hasStopped(granted) ? `; its run has ended: afk continue ${ref} goes on` : ''
    io.out(`granted: ${ref} has used ${budgetLine(granted.budget)}${follows}`)
    return 0
  },
}

/** Short of its end: where the work is done there is nothing to go on with. */
function hasStopped({ phase }: z.infer<typeof Granted>): boolean {
  return phase === 'needs-human' || phase === 'frozen' || phase === 'withdrawn'
}

function wholeOf(asked: Asked, option: string): number {
  const text = asked.text(option) ?? '0'
  if (!/^\d{1,9}$/.test(text)) throw wrongly(`--${option} must be a whole number, such as 2`)
  return Number(text)
}

function numberOf(asked: Asked, option: string): number {
  const text = asked.text(option) ?? '0'
  if (!/^\d{1,9}(?:\.\d{1,2})?$/.test(text)) throw wrongly(`--${option} takes a number, such as 2`)
  return Number(text)
}
