/**
 * How long the page takes on a slow phone, with a full store and with an empty one, in turns; and how long a ring takes
 * from its request until it is on a page. Needs a Chromium on the PATH, and says so where there is none.
 */
import { chromiumPath, launch, phone } from '../test/page/browser.ts'
import { loadSlowly } from '../test/page/slow-phone.ts'
import { stage } from '../test/page/stage.ts'
import { median, ringBody } from './load.mjs'
import { atMost, n } from './table.mjs'

const many = { rings: 10_000, runs: 1_000 }
const rings = 30

export async function pageOpens({ rounds }) {
  const what = 'page on a slow phone, 10,000 rings and 1,000 runs'
  if (chromiumPath === undefined) return [{ what, measured: '', beside: 'no chromium on PATH' }]
  const [browser, full, empty] = [await launch(), await stage({ many }), await stage()]
  try {
    const [ofFull, ofEmpty] = [[], []]
    for (let round = 0; round < rounds; round += 1) {
      ofFull.push(await opened(browser, full.url))
      ofEmpty.push(await opened(browser, empty.url))
    }
    const waits = await waitsOf(browser, empty)
    const say = (limit) => `${limit} ms`
    const of = (loads, name) => median(loads.map((each) => each[name]))
    return [
      {
        what: `${what}: first paint`,
        measured: n(of(ofFull, 'paint'), ' ms'),
        beside: `with an empty store ${n(of(ofEmpty, 'paint'), ' ms')}`,
        ...atMost(of(ofFull, 'paint'), { floor: 1_000, say }),
      },
      {
        what: 'the same: all is there',
        measured: n(of(ofFull, 'there'), ' ms'),
        beside: `with an empty store ${n(of(ofEmpty, 'there'), ' ms')}`,
      },
      {
        what: 'a ring, from its request to the page, p50',
        measured: n(median(waits), ' ms'),
        beside: `the slowest of ${rings}: ${n(Math.max(...waits), ' ms')}`,
        ...atMost(median(waits), { floor: 250, say }),
      },
    ]
  } finally {
    await browser.close()
    await full.stop()
    await empty.stop()
  }
}

async function opened(browser, url) {
  const context = await browser.newContext({ viewport: phone, serviceWorkers: 'block' })
  const loaded = await loadSlowly(await context.newPage(), url)
  await context.close()
  return loaded
}

async function waitsOf(browser, { url, node }) {
  const context = await browser.newContext({ serviceWorkers: 'block' })
  const page = await context.newPage()
  await page.goto(url)
  await page.locator('.link-state.live').waitFor()
  await page.evaluate(() => {
    window.seen = {}
    new MutationObserver(() => {
      for (const each of document.querySelectorAll('[data-ring]'))
        window.seen[each.dataset.ring] ??= Date.now()
    }).observe(document.body, { childList: true, subtree: true })
  })
  const waits = []
  for (let index = 0; index < rings; index += 1) {
    const askedAt = Date.now()
    const { body } = await node().post('/v1/rings', JSON.parse(ringBody(index)))
    await page.locator(`[data-ring="${body.id}"]`).waitFor({ state: 'attached' })
    waits.push((await page.evaluate((id) => window.seen[id], body.id)) - askedAt)
  }
  await context.close()
  return waits
}
