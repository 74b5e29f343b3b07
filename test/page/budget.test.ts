import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'

import { until } from '../until.ts'
import { chromiumPath, phone, whyNoChromium } from './browser.ts'
import { type Loaded, loadSlowly } from './slow-phone.ts'
import { chromium, staged } from './visit.ts'

const { visit } = chromium()
const web = join(import.meta.dirname, '../../dist/web')

const maxPaintMs = 1_000
const maxBlockedMs = 200

/** The least of some: what else a machine does meanwhile is not the page's. */
async function load(url: string) {
  const loads: Loaded[] = []
  const least = (name: 'paint' | 'there' | 'blocked') =>
    Math.round(Math.min(...loads.map((each) => each[name])))
  const isEnough = () =>
    loads.length >= 2 && least('paint') < maxPaintMs && least('blocked') < maxBlockedMs
  while (loads.length < 8 && !isEnough())
    loads.push(await loadSlowly(await visit('about:blank', { viewport: phone }), url))
  const asked = loads[0]?.asked ?? []
  return { paint: least('paint'), there: least('there'), blocked: least('blocked'), asked }
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
      `first paint ${paint} ms, all there ${there} ms, blocked ${blocked} ms, ${asked.length} requests`,
    )
    expect(paint).toBeLessThan(maxPaintMs)
    expect(blocked).toBeLessThan(maxBlockedMs)
    expect(asked.filter((path) => !path.startsWith('/v1/')).length).toBeLessThanOrEqual(7)
    expect(asked.length).toBeLessThanOrEqual(20)
  })

  test('is the same with 10,000 rings and 1,000 runs, which come in pages', async () => {
    const { url } = await staged({ many: { rings: 10_000, runs: 1_000 } })
    const { paint, there, blocked } = await load(url)
    console.log(
      `10,000 rings: first paint ${paint} ms, all there ${there} ms, blocked ${blocked} ms`,
    )
    expect(paint).toBeLessThan(maxPaintMs)
    expect(blocked).toBeLessThan(maxBlockedMs)
    const page = await visit(url)
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
