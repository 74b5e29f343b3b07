/**
 * A tap from end to end: an agent in T3 Code asks a question, the ring's link goes by the node, and whoever taps it
 * is led to the thread's page for as long as T3 Code shows that thread.
 */
import { expect, test } from 'vitest'

import { closedPort } from './listen.ts'
import { startedNode } from './node.ts'
import { t3Ground } from './t3-node.ts'
import type { AgentTurn } from './t3/agent-turn.ts'
import { until } from './until.ts'

/** As an agent. */
const asks = async (turn: AgentTurn) => turn.say('I wonder.\nAFK-Question: which colour?')

/** Without a token, as a phone. */
async function tapped(url: string) {
  const answer = await fetch(url, { redirect: 'manual' })
  return { status: answer.status, to: answer.headers.get('location') }
}

test('a ring’s link leads to the thread’s page, and to no page that would not show it', async () => {
  const { t3, folder, hook, channels, tree, ready } = await t3Ground({ agent: asks })
  const publicUrl = 'https://afk.test/below/'
  const more = { ...tree, publicUrl, links: { ...tree.links, tap: true } }
  const node = await startedNode({ folder, channels, more })
  ready()
  await until('it rings', () => hook.received.length > 0)

  const [{ ring, notification } = { ring: null, notification: null }] = hook.received
  expect(notification?.title).toBe('[NEEDS-HUMAN] infra#42 needs a human')
  expect(notification?.link).toBe(`https://afk.test/below/r/${ring?.id}`)
  expect(notification?.body).toContain(notification?.link)

  const tap = `${node.url}/r/${ring?.id}`
  const page = `${t3.url}/${t3.environmentId}/${ring?.threadId}`
  expect(await tapped(tap)).toEqual({ status: 302, to: page })
  expect((await fetch(page)).headers.get('content-type')).toMatch(/^text\/html/)

  t3.people.archive(ring!.threadId!)
  await until('it is passed over', async () => (await tapped(tap)).status === 404)
  t3.people.unarchive(ring!.threadId!)
  await until('it is shown again', async () => (await tapped(tap)).to === page)

  await node.stop()
  const { loop } = tree
  const disarmed = { ...more, loop: { ...loop, killSwitch: true } }
  const again = await startedNode({ folder, channels, more: disarmed })
  expect(await tapped(`${again.url}/r/${ring?.id}`)).toEqual({ status: 302, to: page })
  await again.stop()
  const executor = { ...loop.defaults.executor, url: await closedPort() }
  const silent = { ...disarmed.loop, defaults: { ...loop.defaults, executor } }
  const last = await startedNode({ folder, channels, more: { ...disarmed, loop: silent } })
  expect(await tapped(`${last.url}/r/${ring?.id}`)).toEqual({ status: 404, to: null })
})

test('without links.tap a ring’s link is the thread’s own', async () => {
  const { t3, folder, hook, channels, tree, ready } = await t3Ground({ agent: asks })
  await startedNode({ folder, channels, more: { ...tree, publicUrl: 'https://afk.test' } })
  ready()
  await until('it rings', () => hook.received.length > 0)
  const [payload] = hook.received
  const { environmentId, url } = t3
  expect(payload?.notification.link).toBe(`${url}/${environmentId}/${payload?.ring?.threadId}`)
})
