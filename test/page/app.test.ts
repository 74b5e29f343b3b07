import { networkInterfaces } from 'node:os'
import { describe, expect, test } from 'vitest'

import { until } from '../until.ts'
import { chromiumPath, whyNoChromium } from './browser.ts'
import { rememberNotifications, shownOn } from './shown.ts'
import { chromium, operator, ringBody, signIn, staged } from './visit.ts'

const { visit } = chromium()
const live = '.link-state.live'
const withWorker = { serviceWorkers: 'allow' } as const

const isControlled = (page: Awaited<ReturnType<typeof visit>>) =>
  page.evaluate(() => navigator.serviceWorker.controller !== null)

describe.skipIf(chromiumPath === undefined)(`the page as an app${whyNoChromium}`, () => {
  test('has a manifest that a browser installs', async () => {
    const { url } = await staged()
    const page = await visit(url, withWorker)
    await page.locator(live).waitFor()
    const devtools = await page.context().newCDPSession(page)
    const { errors } = await devtools.send('Page.getAppManifest')
    expect(errors).toEqual([])
    const told = await devtools.send('Page.getInstallabilityErrors')
    // A browser of a test keeps nothing: that is no fault of the page.
    const faults = told.installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')
    expect(faults).toEqual([])
  })

  test('opens without its node and says that it is away, with no ring that it kept', async () => {
    const { url, node, restart } = await staged()
    await node().post('/v1/rings', ringBody())
    const page = await visit(url, withWorker)
    await page.locator('[data-ring]').first().waitFor()
    await until('the worker has the page', () => isControlled(page))
    await page.reload()
    await page.locator('[data-ring]').first().waitFor()
    await restart(async () => {
      await page.reload()
      await page.getByText('Offline. The node does not answer').waitFor()
      expect(await page.locator('[data-ring]').count()).toBe(0)
    })
    await page.locator('[data-ring]').first().waitFor()
    await page.locator(live).waitFor()
  })

  test('opens also where its node takes what is asked and never answers', async () => {
    const { url, node } = await staged()
    const page = await visit(url, withWorker)
    await page.locator(live).waitFor()
    await until('the worker has the page', () => isControlled(page))
    await page.reload()
    await page.locator(live).waitFor()
    node().signal('SIGSTOP')
    try {
      await page.reload({ waitUntil: 'commit' })
      await page.getByRole('heading', { name: 'Asking the node' }).waitFor()
      await page.getByRole('navigation').waitFor()
    } finally {
      node().signal('SIGCONT')
    }
    await page.locator(live).waitFor()
  })

  test('keeps nothing that the node knows', async () => {
    const { url, node } = await staged({ token: operator })
    await node().post('/v1/rings', ringBody())
    const page = await visit(url, withWorker)
    await signIn(page)
    await page.locator('[data-ring]').first().waitFor()
    await until('the worker has the page', () => isControlled(page))
    await page.reload()
    await page.locator('[data-ring]').first().waitFor()
    const kept = await page.evaluate(async () => {
      const names = await caches.keys()
      const requests = await Promise.all(
        names.map(async (name) => (await caches.open(name)).keys()),
      )
      return requests.flat().map((request) => new URL(request.url).pathname)
    })
    expect(kept).toContain('/')
    expect(kept.filter((path) => path.startsWith('/v1/') || path === '/metrics')).toEqual([])
  })

  test('shows a ring as a notification where that is allowed and nobody looks', async () => {
    const { url, node } = await staged()
    const page = await visit(`${url}/#/bell`)
    await page.context().grantPermissions(['notifications'], { origin: url })
    await page.reload()
    await page.getByText('Rings are shown as notifications while the page is open.').waitFor()
    await page.evaluate(rememberNotifications)
    await page.locator(live).waitFor()
    await node().post('/v1/rings', ringBody())
    await until('it is shown', async () => (await shownOn(page)).length > 0)
    expect(await shownOn(page)).toEqual(['[NEEDS-HUMAN] infra#42 needs a human'])
  })

  test('says what it needs HTTPS for, where it came without', async ({ skip }) => {
    const { url } = await staged({ token: operator, more: { listen: '0.0.0.0:0' } })
    const address = Object.values(networkInterfaces())
      .flatMap((each) => each ?? [])
      .find(({ family, internal }) => family === 'IPv4' && !internal)?.address
    if (address === undefined) return skip('this machine has no address but its own')
    const page = await visit(`http://${address}:${new URL(url).port}/#/bell`)
    await signIn(page)
    await page.getByText('Browser notifications need HTTPS or localhost').waitFor()
    await page.getByText('To install the page as an app, open it over HTTPS').waitFor()
    await page.locator(live).waitFor()
    const [cookie] = await page.context().cookies()
    expect(cookie).toMatchObject({ name: 'afk_session', httpOnly: true, secure: false })
  })
})
