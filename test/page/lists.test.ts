import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'

import { until } from '../until.ts'
import { chromiumPath, whyNoChromium } from './browser.ts'
import { minute } from './seed.ts'
import { chromium, operator, ringBody, signIn, staged } from './visit.ts'

const { visit } = chromium()
const live = '.link-state.live'

const older = (page: Page, what: string) =>
  page.getByRole('button', { name: `Show older ${what}` }).click()

const numbers = (page: Page) =>
  page
    .locator('.row .ref')
    .allInnerTexts()
    .then((refs) => refs.map((ref) => Number(ref.split('#')[1])))

const downFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, index) => first - index)

/** Answers to these are given only when it is said. */
async function held(page: Page, path: RegExp) {
  const waiting: Array<() => void> = []
  let isHeld = true
  await page.route(path, async (route) => {
    if (isHeld) await new Promise<void>((resolve) => void waiting.push(resolve))
    await route.continue()
  })
  return {
    count: () => waiting.length,
    letGo() {
      isHeld = false
      for (const go of waiting) go()
    },
  }
}

const doneRing = (number: number) => ringBody({ kind: 'done', issue: { repo: 'new', number } })

describe.skipIf(chromiumPath === undefined)(`the rings that are shown${whyNoChromium}`, () => {
  test('stay, also the older ones, when many come at once', async () => {
    const { url, node } = await staged({ many: { rings: 100, runs: 0 } })
    const page = await visit(url)
    await page.locator(live).waitFor()
    await older(page, 'rings')
    const rows = page.locator('.row')
    await until('the next page is there', async () => (await rows.count()) === 60)
    await Promise.all(downFrom(30, 30).map((number) => node().post('/v1/rings', doneRing(number))))
    await until('all are there', async () => (await rows.count()) === 90)
    expect((await numbers(page)).slice(30)).toEqual(downFrom(100, 60))
  })

  test('have no hole where older ones were asked for meanwhile', async () => {
    const { url, node } = await staged({ many: { rings: 100, runs: 0 } })
    const page = await visit(url)
    await page.locator(live).waitFor()
    const answer = await held(page, /cursor=/)
    await older(page, 'rings')
    await until('it is asked for', () => answer.count() > 0)
    await Promise.all(downFrom(30, 30).map((number) => node().post('/v1/rings', doneRing(number))))
    await node().post('/v1/rings', ringBody())
    await page.getByRole('heading', { name: '2 runs need you.' }).waitFor()
    answer.letGo()
    const rows = page.locator('.row')
    await until('all are there', async () => (await rows.count()) === 90)
    expect((await numbers(page)).slice(30)).toEqual(downFrom(100, 60))
  })

  test('change also where they are the last of a page with more', async () => {
    const { url, node } = await staged({
      rings: downFrom(40, 40).map((number, index) => ({
        agoMs: (index + 1) * minute,
        kind: 'done',
        issue: `infra#${number}`,
        detail: 'landed',
      })),
    })
    const page = await visit(url)
    await page.locator(live).waitFor()
    const last = page.locator('.row').last()
    const id = await last.getAttribute('data-ring')
    await node().post(`/v1/rings/${id}/ack`, { note: 'heard' })
    await last.getByText('Acknowledged by local: heard').waitFor()
    expect(await numbers(page)).toEqual(downFrom(40, 20))
  })
})

async function armed() {
  const many = { rings: 0, runs: 80 }
  const { url, ...made } = await staged({ token: operator, many, repos: ['demo'] })
  const page = await visit(`${url}/#/runs`)
  await signIn(page)
  await page.locator('.row').first().waitFor()
  return { ...made, page }
}

describe.skipIf(chromiumPath === undefined)(`the runs that ended${whyNoChromium}`, () => {
  test('stay as far as they are shown when a run moves', async () => {
    const { page, issues, node } = await armed()
    await older(page, 'runs')
    const rows = page.locator('.row')
    await until('the next page is there', async () => (await rows.count()) === 60)
    const answer = page.waitForResponse(/live=false/)
    issues('demo').addIssue(1, { name: 'waits', body: 'demo: wait' })
    await page.locator('.card[data-run]').waitFor()
    await answer
    await page.locator('.card[data-run]', { hasText: 'Working' }).waitFor()
    expect(await numbers(page)).toEqual(downFrom(80, 60))
    const [run] = (await node().status()).loop.runs
    await node().post(`/v1/runs/${run?.id}/stop`, {})
  })

  test('have no hole where one ends while older ones are asked for', async () => {
    const { page, issues, node } = await armed()
    issues('demo').addIssue(1, { name: 'waits', body: 'demo: wait' })
    await page.locator('.card[data-run]').waitFor()
    const answer = await held(page, /cursor=/)
    await older(page, 'runs')
    await until('it is asked for', () => answer.count() > 0)
    const [run] = (await node().status()).loop.runs
    await node().post(`/v1/runs/${run?.id}/stop`, {})
    await page.getByText('No run is under way.').waitFor()
    answer.letGo()
    await page.locator('.row', { hasText: 'withdrawn' }).waitFor()
    await until('the next page is there', async () => (await page.locator('.row').count()) >= 60)
    const [first, ...others] = await numbers(page)
    expect([first, others]).toEqual([1, downFrom(80, others.length)])
  })
})
