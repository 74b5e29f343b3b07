/**
 * Tries each configured thing for real and says what to mend. A channel without a bad finding is
 * believed to be well again: if it was closed, it is opened.
 *
 * Asked for links, it opens these alone.
 *
 * All are tried side by side; what does not answer is a bad finding of its own and holds nobody up.
 */
import type { z } from 'zod'

import type { Adapter } from '../channels/channel.ts'
import type { Clock } from '../clock.ts'
import { bad, good, isBad, unproven } from '../doorbell/finding.ts'
import type { DoctorBody, FindingView } from './schemas.ts'
import { findingView, inTime, type OpenRepositories, tryRepositories } from './try-out.ts'

export type Doctor = (asked: z.infer<typeof DoctorBody>) => Promise<Findings>

type Findings = Array<z.infer<typeof FindingView>>

export type DoctorParts = {
  readonly channels: ReadonlyMap<string, Pick<Adapter, 'check'>>
  readonly repositories: OpenRepositories
  /** Opens each kind of link. */
  readonly links: () => Promise<Findings>
  readonly state: { readonly status: () => Promise<Standing> }
  readonly open: (channel: string) => Promise<void>
  readonly clock: Clock
}

/** How the node stands. */
type Standing = {
  readonly ready: boolean
  readonly problems: readonly string[]
  readonly threadLinks: string
  readonly loop: { readonly armed: boolean; readonly missing: readonly string[] }
}

const channelMs = 10_000

export function doctor(parts: DoctorParts): Doctor {
  const { channels, repositories, links, state, open, clock } = parts
  return async (asked) => {
    if (asked.links) return links()
    const tried = [...channels].map(async ([name, channel]) => {
      const findings = await inTime(channel.check(AbortSignal.timeout(channelMs)), clock)
      if (!findings.some(isBad)) await open(name)
      return findings.map((finding) => findingView(name, finding))
    })
    const all = [ofNode(state), ...tried, tryRepositories(repositories, clock)]
    return (await Promise.all(all)).flat()
  }
}

async function ofNode(state: DoctorParts['state']) {
  const { ready, problems, threadLinks, loop } = await state.status()
  const store = ready
    ? good('takes writes, and the courier runs')
    : bad(problems.join('; '), 'see the node’s log')
  const links = threadLinks.startsWith('none')
    ? unproven(threadLinks, 'set links.baseUrl to where threads live')
    : good(threadLinks)
  const armed = loop.armed
    ? good('armed')
    : unproven('disarmed, as it ships', loop.missing.join('; '))
  return [findingView('store', store), findingView('links', links), findingView('loop', armed)]
}
