import { describe, expect, test } from 'vitest'

import { until } from '../until.ts'
import { chromiumPath, whyNoChromium } from './browser.ts'
import { chromium, hide, ringBody, staged } from './visit.ts'
import { wireTo } from './wire.ts'

const { visit } = chromium()
const live = '.link-state.live'
const needed = { name: 'One run needs you.' }

/** Its time passes only when a test says so. */
async function timed(url: string) {
  const page = await visit('about:blank')
  await page.clock.install()
  await page.goto(url)
  return page
}

describe.skipIf(chromiumPath === undefined)(`a stream${whyNoChromium}`, () => {
  test('that died without a word is begun anew, and what it did not tell is read', async () => {
    const { url, node } = await staged()
    const wire = await wireTo(url)
    const page = await timed(wire.url)
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
    const page = await timed(wire.url)
    await page.locator('.link-state.connecting').waitFor()
    await until('it is asked for', () => wire.streams() > 0)
    await node().post('/v1/rings', ringBody())
    await page.clock.runFor(36_000)
    await page.locator('.card.loud[data-ring]').waitFor()
    expect(await page.locator('.link-state').innerText()).toBe('connecting')
  })
})

describe.skipIf(chromiumPath === undefined)(
  `what is read once the stream stands${whyNoChromium}`,
  () => {
    test('and is refused is read again, without anything new', async () => {
      const { url } = await staged()
      const page = await visit('about:blank')
      let count = 0
      await page.route(/state=quiet/, async (route) => {
        count += 1
        if (count === 2) await route.fulfill({ status: 503, body: '{"code":"stopping"}' })
        else await route.continue()
      })
      await page.goto(url)
      await until('it is asked for again', () => count > 2)
      await page.locator(live).waitFor()
    })
  },
)

describe.skipIf(chromiumPath === undefined)(`the stream of a hidden page${whyNoChromium}`, () => {
  test('is let go, and its title tells all the same; when somebody looks it is there again', async () => {
    const { url, node } = await staged()
    const wire = await wireTo(url)
    const page = await timed(wire.url)
    await page.locator(live).waitFor()
    await hide(page)
    await until('it is let go', () => wire.streams() === 0)
    await node().post('/v1/rings', ringBody())
    await page.clock.runFor(21_000)
    await until('the title tells', async () => (await page.title()) === '(1) AFK')
    expect(wire.streams()).toBe(0)
    await hide(page, false)
    await page.locator(live).waitFor()
    await page.locator('.card.loud[data-ring]').waitFor()
  })

  test('is kept by one of those that may notify, and then by the next, so that one more page opens', async () => {
    const { url, node } = await staged()
    const wire = await wireTo(url)
    const first = await visit(wire.url)
    const context = first.context()
    await context.grantPermissions(['notifications'], { origin: wire.url })
    const pages = [first]
    for (let count = 1; count < 8; count += 1) {
      const page = pages.at(-1)!
      await page.locator(live).waitFor()
      await hide(page)
      pages.push(await context.newPage())
      await pages.at(-1)!.goto(wire.url)
    }
    const [, second, ...others] = pages
    await others.at(-1)!.locator(live).waitFor()
    await first.locator(live).waitFor()
    expect(await second!.locator(live).count()).toBe(0)
    await first.close()
    await second!.locator(live).waitFor()
    await node().post('/v1/rings', ringBody())
    await second!.locator('.card.loud[data-ring]').waitFor()
    expect(await others[0]!.locator('[data-ring]').count()).toBe(0)
  })
})

describe.skipIf(chromiumPath === undefined)(`a proxy without its node${whyNoChromium}`, () => {
  test('is not taken for the node, whatever it answers', async () => {
    const { url } = await staged()
    const page = await visit('about:blank')
    await page.route(/\/v1\//, (route) => route.fulfill({ status: 502, body: '<h1>Bad Gateway' }))
    await page.goto(url)
    await page.getByText('Offline. The node does not answer').waitFor()
    await page.unrouteAll()
    await page.locator(live).waitFor()
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
