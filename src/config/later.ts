/**
 * What the contract promises and this version does not do yet. Naming one is an error that says so:
 * a heartbeat that is configured and never sent would be worse than none.
 */
export const laterKeys: readonly string[] = [
  'retention.transcripts',
  'channels.NAME.signingSecret',
  'store.url',
  'loop.readyLabel',
  'loop.inProgressLabel',
  'loop.humanLabel',
  'loop.defaults',
  'loop.repos.NAME.tracker',
  'loop.repos.NAME.executor',
  'loop.repos.NAME.ci',
  'loop.repos.NAME.landing',
  'loop.repos.NAME.merge',
  'loop.repos.NAME.limits',
]

/** `NAME` stands for any name, dots and slashes included. */
export function isLater(path: string): boolean {
  return laterKeys.some((key) => {
    const [head = '', tail] = key.split('NAME')
    return tail === undefined ? path === key : path.startsWith(head) && path.endsWith(tail)
  })
}

export const laterVariables: readonly string[] = [
  'AFK_READY_LABEL',
  'AFK_IN_PROGRESS_LABEL',
  'AFK_BUDGET_USD',
  'AFK_FIX_FORWARD_MAX_ATTEMPTS',
  'AFK_FIX_FORWARD_MAX_SECONDS',
]

export const laterTypes: Readonly<Record<string, readonly string[]>> = {
  store: ['postgres'],
}
