/** Where the programs are that AFK is measured beside; null where one is missing. */
import { existsSync } from 'node:fs'

const fetched = (path: string) => {
  const whole = new URL(`../.tools/${path}`, import.meta.url).pathname
  return existsSync(whole) ? whole : null
}

export const alertmanagerBinary = () => fetched('alertmanager/usr/bin/prometheus-alertmanager')
export const ntfyBinary = () => fetched('ntfy/usr/bin/ntfy')

/** Its interpreter stands in its first line; what it imports lies beside it. */
export function appriseCommand() {
  const file = fetched('apprise/usr/bin/apprise')
  return (
    file && { file, env: { PYTHONPATH: fetched('apprise/usr/lib/python3/dist-packages') ?? '' } }
  )
}

export const notInstalled = 'not installed: scripts/fetch-peers.sh'
