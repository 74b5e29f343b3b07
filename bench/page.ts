/**
 * How long the page takes on a slow phone, with a full store and with an empty one, in turns; and how long a ring takes
 * from its request until it is on a page. Needs a Chromium on the PATH, and says so where there is none.
 */
import type { Browser } from 'playwright-core'

import { chromiumPath, launch, phone } from '../test/page/browser.ts'
import { type Loaded, loadSlowly } from '../test/page/slow-phone.ts'
import { stage } from '../test/page/stage.ts'
import { median, ringBody } from './load.ts'
import { atMost, n, type Row } from './table.ts'

const many = { rings: 10_000, runs: 1_000 }
const rings = 30

type Stage = Awaited<ReturnType<typeof stage>>

export async function pageOpens({ rounds }: { readonly rounds: number }): Promise<Row[]> {
  const what = 'page on a slow phone, 10,000 rings and 1,000 runs'
  if (chromiumPath === undefined) return [{ what, measured: '', beside: 'no chromium on PATH' }]
  const [browser, full, empty] = [await launch(), await stage({ many }), await stage()]
  try {
    const [ofFull, ofEmpty]: [Loaded[], Loaded[]] = [[], []]
    for (let round = 0; round < rounds; round += 1) {
      ofFull.push(await opened(browser, full.url))
      ofEmpty.push(await opened(browser, empty.url))
    }
    const waits = await waitsOf(browser, empty)
    const say = (limit: number) => `${limit} ms`
    const of = (loads: readonly Loaded[], name: 'paint' | 'there') =>
      median(loads.map((each) => each[name]))
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

async function opened(browser: Browser, url: string): Promise<Loaded> {
  const context = await browser.newContext({ viewport: phone, serviceWorkers: 'block' })
  const loaded = await loadSlowly(await context.newPage(), url)
  await context.close()
  return loaded
}

async function waitsOf(browser: Browser, { url, node }: Stage) {
  const context = await browser.newContext({ serviceWorkers: 'block' })
  const page = await context.newPage()
  await page.goto(url)
  await page.locator('.link-state.live').waitFor()
  await page.evaluate(() => {
    new MutationObserver(() => {
      for (const each of document.querySelectorAll<HTMLElement>('[data-ring]'))
        each.dataset['seenAt'] ??= String(Date.now())
    }).observe(document.body, { childList: true, subtree: true })
  })
  const waits: number[] = []
  for (let index = 0; index < rings; index += 1) {
    const askedAt = Date.now()
    const { body } = await node().post<{ id: string }>('/v1/rings', JSON.parse(ringBody(index)))
    const seen = page.locator(`[data-ring="${body.id}"]`)
    await seen.waitFor({ state: 'attached' })
    waits.push(Number(await seen.getAttribute('data-seen-at')) - askedAt)
  }
  await context.close()
  return waits
}
