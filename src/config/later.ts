/**
 * What the contract promises and this version does not do yet. Naming one is an error that says so:
 * a heartbeat that is configured and never sent would be worse than none.
 */
export const laterKeys: readonly string[] = [
  'heartbeat',
  'retention',
  'loop.readyLabel',
  'loop.inProgressLabel',
  'loop.humanLabel',
  'loop.defaults',
]

export const laterVariables: readonly string[] = [
  'AFK_READY_LABEL',
  'AFK_IN_PROGRESS_LABEL',
  'AFK_BUDGET_USD',
  'AFK_FIX_FORWARD_MAX_ATTEMPTS',
  'AFK_FIX_FORWARD_MAX_SECONDS',
  'AFK_SLACK_WEBHOOK_URL',
]

export const laterTypes: Readonly<Record<string, readonly string[]>> = {
  channels: ['slack'],
  store: ['postgres'],
}
