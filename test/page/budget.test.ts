import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'

import { until } from '../until.ts'
import { chromiumPath, phone, whyNoChromium } from './browser.ts'
import { chromium, staged } from './visit.ts'

const { visit } = chromium()
const web = join(import.meta.dirname, '../../dist/web')

/** What Lighthouse calls a slow 4G phone. */
async function slowPhone(page: Page) {
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

/** Loads it as a slow phone does, and tells how that went, in milliseconds. */
async function load(url: string) {
  const page = await visit('about:blank', { viewport: phone })
  await slowPhone(page)
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
  return { page, asked, ...told }
}

describe.skipIf(chromiumPath === undefined)(`the budget of the page${whyNoChromium}`, () => {
  test('is 60 KB for everything, packed', async () => {
    const { url } = await staged()
    const names = ['', 'assets/'].flatMap((below) =>
      readdirSync(join(web, below), { withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name }) => (name === 'index.html' ? '' : below + name)),
    )
    const sizes = await Promise.all(
      names.map(async (name) => {
        const body = Buffer.from(await (await fetch(`${url}/${name}`)).arrayBuffer())
        return Math.min(body.length, gzipSync(body, { level: 9 }).length)
      }),
    )
    const sum = sizes.reduce((all, size) => all + size, 0)
    console.log(`${names.length} files, ${(sum / 1024).toFixed(1)} KB packed`)
    expect(sum).toBeGreaterThan(5_000)
    expect(sum).toBeLessThan(60 * 1024)
  })

  test('is a first paint within a second on a slow phone, few requests, and nothing that blocks', async () => {
    const { url } = await staged()
    const { paint, there, blocked, asked } = await load(url)
    console.log(
      `first paint ${Math.round(paint)} ms, all there ${Math.round(there)} ms, ` +
        `blocked ${Math.round(blocked)} ms, ${asked.length} requests`,
    )
    expect(paint).toBeLessThan(1_000)
    expect(blocked).toBeLessThan(200)
    expect(asked.filter((path) => !path.startsWith('/v1/')).length).toBeLessThanOrEqual(7)
    expect(asked.length).toBeLessThanOrEqual(20)
  })

  test('is the same with 10,000 rings and 1,000 runs, which come in pages', async () => {
    const { url } = await staged({ many: { rings: 10_000, runs: 1_000 } })
    const { paint, there, blocked, page } = await load(url)
    console.log(
      `10,000 rings: first paint ${Math.round(paint)} ms, all there ${Math.round(there)} ms, ` +
        `blocked ${Math.round(blocked)} ms`,
    )
    expect(paint).toBeLessThan(1_000)
    expect(blocked).toBeLessThan(500)
    await page.getByRole('heading', { name: '20 runs need you.' }).waitFor()
    const rows = page.locator('.row')
    expect([await page.locator('.card.loud').count(), await rows.count()]).toEqual([10, 20])
    await page.getByRole('button', { name: 'Show older rings' }).click()
    await until('the next page is there', async () => (await rows.count()) === 60)
    await page.getByRole('navigation').getByText('Runs').click()
    await page.getByRole('button', { name: 'Show older runs' }).click()
    await until('the next runs are there', async () => (await rows.count()) === 60)
  })
})
