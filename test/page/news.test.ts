import { describe, expect, test } from 'vitest'

import { until } from '../until.ts'
import { chromiumPath, whyNoChromium } from './browser.ts'
import { rememberNotifications, shownOn } from './shown.ts'
import { chromium, ringBody, staged } from './visit.ts'

const { visit } = chromium()
const live = '.link-state.live'

/** A page that nobody looks at, in a browser that may show notifications: those it showed. */
async function unseen(url: string) {
  const page = await visit('about:blank')
  await page.addInitScript(rememberNotifications)
  await page.goto(url)
  await page.locator(live).waitFor()
  return { page, shown: () => shownOn(page) }
}

const numbersOf = (titles: readonly string[]) =>
  titles.map((title) => Number(/#(\d+)/.exec(title)?.[1])).toSorted((a, b) => a - b)

describe.skipIf(chromiumPath === undefined)(`notifications${whyNoChromium}`, () => {
  test('are shown of each ring of a burst, once', async () => {
    const { url, node } = await staged()
    const { shown } = await unseen(url)
    const numbers = Array.from({ length: 40 }, (_, index) => index + 1)
    await Promise.all(
      numbers.map((number) =>
        node().post('/v1/rings', ringBody({ issue: { repo: 'burst', number } })),
      ),
    )
    await until('all are shown', async () => (await shown()).length >= numbers.length)
    expect(numbersOf(await shown())).toEqual(numbers)
  })

  test('are shown of what came while the node was started anew, and of nothing from before', async () => {
    const { url, node, restart } = await staged()
    await node().post('/v1/rings', ringBody({ issue: { repo: 'infra', number: 1 } }))
    const { shown, page } = await unseen(url)
    await page.locator('[data-ring]').first().waitFor()
    await restart(async () => {
      await page.getByText('Offline.').waitFor()
    })
    await node().post('/v1/rings', ringBody({ issue: { repo: 'infra', number: 2 } }))
    await page.locator(live).waitFor()
    await until('it is shown', async () => (await shown()).length > 0)
    expect(numbersOf(await shown())).toEqual([2])
  })
})
