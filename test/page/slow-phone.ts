/** Loads the page as a phone on slow 4G does, by Lighthouse's numbers, and tells how that went, in milliseconds. */
import type { Page } from 'playwright-core'

export type Loaded = {
  /** Something is painted. */
  readonly paint: number
  /** What the node knows is there, and is followed. */
  readonly there: number
  /** How long in sum no key or tap would have been answered for more than 50 ms. */
  readonly blocked: number
  readonly asked: readonly string[]
}

/** `page` has not been anywhere yet. */
export async function loadSlowly(page: Page, url: string): Promise<Loaded> {
  await slowDown(page)
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  await page.addInitScript(() => {
    const blocked: number[] = []
    Object.assign(window, { blocked })
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) blocked.push(Math.max(0, duration - 50))
    }).observe({ type: 'longtask', buffered: true })
  })
  await page.goto(url)
  await page.getByRole('heading', { name: /you\.$/ }).waitFor()
  await page.locator('.none, [data-ring]').first().waitFor()
  await page.locator('.link-state.live').waitFor()
  const told = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity,
    there: performance.now(),
    blocked: (Object(window).blocked as number[]).reduce((sum, each) => sum + each, 0),
  }))
  return { ...told, asked }
}

async function slowDown(page: Page) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  await devtools.send('Network.enable')
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 150,
    downloadThroughput: (1.6 * 1024 * 1024) / 8,
    uploadThroughput: (750 * 1024) / 8,
  })
}
