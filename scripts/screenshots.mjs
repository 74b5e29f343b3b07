/**
 * Makes docs/screenshots/*.png: the page of a seeded node, on a phone and a desktop, light and dark. Needs a built
 * dist/ and Debian's chromium. `--all FOLDER` leaves every view there instead, to be looked at.
 */
import { mkdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

import { chromiumPath, desktop, launch, phone } from '../test/page/browser.ts'
import { pastRings, pastRuns } from '../test/page/past.ts'
import { stage } from '../test/page/stage.ts'

if (chromiumPath === undefined) throw new Error('no chromium on PATH: apt-get install chromium')
const at = process.argv.indexOf('--all')
const isAll = at !== -1
const folder = isAll ? (process.argv[at + 1] ?? '') : 'docs/screenshots'
if (folder === '') throw new Error('--all needs a folder')
mkdirSync(folder, { recursive: true })

const repos = ['acme/api', 'acme/shop']
const token = 'operator-token-0123456789'
const staged = await stage({ rings: pastRings, runs: pastRuns, repos, token })
const browser = await launch()
try {
  staged.issues('acme/api').addIssue(77, { name: 'stream-the-export', body: 'demo: third' })
  staged.issues('acme/shop').addIssue(12, { name: 'show-stock-in-the-list', body: 'demo: wait' })
  await until(async () => {
    const { loop } = await staged.node().status()
    return loop.runs.some(({ phase }) => phase === 'fixing') && loop.runs.length === 2
  })
  for (const [size, viewport] of Object.entries({ phone, desktop }))
    for (const colorScheme of ['light', 'dark']) await shoot({ size, viewport, colorScheme })
} finally {
  await browser.close()
  const { runs } = await staged.node().get('/v1/runs?live=true')
  for (const { id } of runs) await staged.node().post(`/v1/runs/${id}/stop`, {})
  await staged.stop()
}

async function shoot({ size, viewport, colorScheme }) {
  const deviceScaleFactor = size === 'phone' ? 1.5 : 1
  const context = await browser.newContext({ viewport, colorScheme, deviceScaleFactor })
  const page = await context.newPage()
  await page.goto(staged.url)
  await page.fill('input[name=token]', token)
  await page.keyboard.press('Enter')
  await page.waitForSelector('[data-ring]')
  await page.waitForSelector('.link-state.live')
  await save(page, `${size}-${colorScheme}`)
  if (isAll) await shootAll(page, `${size}-${colorScheme}`)
  await context.close()
}

async function shootAll(page, name) {
  const fullPage = true
  const open = await page.locator('.card.loud h3 a').first().getAttribute('href')
  const run = await staged.node().get('/v1/runs?live=true')
  const fixing = run.runs.find(({ phase }) => phase === 'fixing')
  const views = { runs: '#/runs', bell: '#/bell', ring: open, run: `#/run/${fixing?.id}` }
  for (const [view, hash] of Object.entries(views)) {
    await page.evaluate((to) => void (location.hash = to), hash)
    await pause(400)
    await page.screenshot({ path: join(folder, `${name}-${view}.png`), fullPage })
  }
}

async function save(page, name) {
  const path = join(folder, `${name}.png`)
  await page.screenshot({ path })
  console.log(`${path}: ${Math.round(statSync(path).size / 1024)} KB`)
}

async function until(isSo) {
  const deadline = performance.now() + 60_000
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error('the runs did not come so far in time')
    await pause(100)
  }
}
