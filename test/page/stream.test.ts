import { describe, expect, test } from 'vitest'

import { until } from '../until.ts'
import { chromiumPath, whyNoChromium } from './browser.ts'
import { chromium, ringBody, staged } from './visit.ts'
import { wireTo } from './wire.ts'

const { visit } = chromium()
const live = '.link-state.live'
const needed = { name: 'One run needs you.' }

describe.skipIf(chromiumPath === undefined)(`a stream${whyNoChromium}`, () => {
  test('that died without a word is begun anew, and what it did not tell is read', async () => {
    const { url, node } = await staged()
    const wire = await wireTo(url)
    const page = await visit('about:blank')
    await page.clock.install()
    await page.goto(wire.url)
    await page.locator(live).waitFor()
    wire.silence()
    await node().post('/v1/rings', ringBody())
    await page.clock.runFor(34_000)
    await page.getByRole('heading', needed).waitFor()
    expect(await page.locator('[data-ring]').count()).toBe(0)
    await page.clock.runFor(2_000)
    await page.locator('.card.loud[data-ring]').waitFor()
    expect(await page.locator(live).count()).toBe(0)
    wire.speak()
    await page.clock.runFor(36_000)
    await page.locator(live).waitFor()
  })

  test('that is held back on the way is not called live, and the page is read again all the same', async () => {
    const { url, node } = await staged()
    const wire = await wireTo(url)
    wire.silence()
    const page = await visit('about:blank')
    await page.clock.install()
    await page.goto(wire.url)
    await page.locator('.link-state.connecting').waitFor()
    await until('it is asked for', () => wire.streams() > 0)
    await node().post('/v1/rings', ringBody())
    await page.clock.runFor(36_000)
    await page.locator('.card.loud[data-ring]').waitFor()
    expect(await page.locator('.link-state').innerText()).toBe('connecting')
  })
})

describe.skipIf(chromiumPath === undefined)(`a node that hangs${whyNoChromium}`, () => {
  test('is said to be away when what a person asked is not answered, and is back by itself', async () => {
    const { url, node } = await staged()
    await node().post('/v1/rings', ringBody())
    const page = await visit(url)
    await page.locator(live).waitFor()
    node().signal('SIGSTOP')
    try {
      await page.getByRole('button', { name: 'Acknowledge infra#42', exact: true }).click()
      await page.getByRole('alert').getByText('The node does not answer.').waitFor()
      await page.getByText('Offline. The node does not answer').waitFor({ timeout: 10_000 })
    } finally {
      node().signal('SIGCONT')
    }
    await page.locator(live).waitFor()
  })
})
