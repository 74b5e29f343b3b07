/**
 * Prometheus Alertmanager as a peer: alerts in over HTTP, webhooks out to the sink. It keeps alerts in
 * memory only, so that a crash loses them; a ring is on disk before its answer.
 *
 * Configured for the most throughput that its documentation allows: each alert a notification of its own
 * (`group_by: ['...']`) that waits for no other (`group_wait: 0s`), no second look at a group and no end of an
 * alert while the bench runs (`group_interval`, `resolve_timeout`), no webhook for an end (`send_resolved`), no
 * clustering, no maintenance, no line in the log for each alert.
 */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { alertmanagerBinary } from './peers.ts'
import { freePort, start, temporaryFolder } from './processes.ts'

const configFor = (sink) => ({
  global: { resolve_timeout: '24h' },
  route: {
    receiver: 'sink',
    group_by: ['...'],
    group_wait: '0s',
    group_interval: '24h',
    repeat_interval: '24h',
  },
  receivers: [
    { name: 'sink', webhook_configs: [{ url: `${sink.url}/alerts`, send_resolved: false }] },
  ],
})

/** Null where it is not installed. */
export async function startAlertmanager({ sink }) {
  const file = alertmanagerBinary()
  if (file === null) return null
  const { folder, remove } = temporaryFolder()
  const config = join(folder, 'alertmanager.yml')
  writeFileSync(config, JSON.stringify(configFor(sink)))
  const at = `127.0.0.1:${await freePort()}`
  const args = [
    `--config.file=${config}`,
    `--storage.path=${join(folder, 'data')}`,
    `--web.listen-address=${at}`,
    '--cluster.listen-address=',
    '--log.level=error',
    '--data.maintenance-interval=24h',
    '--dispatch.maintenance-interval=24h',
    '--alerts.gc-interval=24h',
  ]
  const server = start({ file, args, folder, cwd: join(dirname(file), '..') })
  const isReady = () =>
    fetch(`http://${at}/-/ready`).then(
      (res) => res.ok,
      () => false,
    )
  await server.until(isReady)
  const stop = () => server.stop().then(remove)
  return { url: `http://${at}`, path: '/api/v2/alerts', bodyOf: newAlert(), pid: server.pid, stop }
}

/** As much as a ring's body says. Distinct over the life of the server, or it would be told as a repeat. */
function newAlert() {
  let last = 0
  return () => {
    last += 1
    const labels = {
      alertname: ['done', 'needs-human', 'frozen'][last % 3],
      repo: 'acme/web',
      number: String(last),
      thread: `thread-${last}`,
    }
    const detail = 'merged and CI green at 0123456789abcdef, two attempts, 14 minutes'
    return JSON.stringify([{ labels, annotations: { detail } }])
  }
}
