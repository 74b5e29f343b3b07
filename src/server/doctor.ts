/**
 * Tries each configured thing for real and says what to mend. A channel without a bad finding is
 * believed to be well again: if it was closed, it is opened.
 */
import type { z } from 'zod'

import type { Adapter, Finding } from '../channels/channel.ts'
import type { NodeState } from './node-state.ts'
import type { FindingView } from './schemas.ts'

export type Doctor = () => Promise<Array<z.infer<typeof FindingView>>>

export type DoctorParts = {
  readonly channels: ReadonlyMap<string, Pick<Adapter, 'check'>>
  readonly state: Pick<NodeState, 'ready' | 'status'>
  readonly open: (channel: string) => Promise<void>
}

const timeoutMs = 10_000

export function doctor({ channels, state, open }: DoctorParts): Doctor {
  return async () => {
    const checked = [...channels].map(async ([name, channel]) => {
      const findings = await channel.check(AbortSignal.timeout(timeoutMs))
      if (!findings.some(({ type }) => type === 'bad')) await open(name)
      return findings.map((finding) => view(name, finding))
    })
    return [...(await ofNode(state)), ...(await Promise.all(checked)).flat()]
  }
}

export function view(about: string, finding: Finding): z.infer<typeof FindingView> {
  const mend = finding.type === 'good' ? null : finding.mend
  return { about, type: finding.type, what: finding.what, mend }
}

async function ofNode(state: DoctorParts['state']) {
  const { ready, problems, threadLinks, loop } = await state.status()
  const store = ready
    ? view('store', { type: 'good', what: 'takes writes, and the courier runs' })
    : view('store', { type: 'bad', what: problems.join('; '), mend: 'see the node’s log' })
  const links: Finding = threadLinks.startsWith('none')
    ? { type: 'unproven', what: threadLinks, mend: 'set links.baseUrl to where threads live' }
    : { type: 'good', what: threadLinks }
  const armed: Finding = loop.armed
    ? { type: 'good', what: 'armed' }
    : { type: 'unproven', what: 'disarmed, as it ships', mend: loop.missing.join('; ') }
  return [store, view('links', links), view('loop', armed)]
}
