import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'

import { until } from '../until.ts'
import { chromiumPath, whyNoChromium } from './browser.ts'
import { gone, minute, type PastRing, taken } from './seed.ts'
import { chromium, operator, signIn, staged } from './visit.ts'

const { visit } = chromium()

const frozen = {
  agoMs: 9 * minute,
  issue: 'demo#5',
  end: { state: 'frozen', ranOut: 'attempts' },
} as const

const givenUp: PastRing = {
  agoMs: 9 * minute,
  kind: 'frozen',
  issue: 'infra#42',
  detail: 'CI red',
  tries: { phone: [taken], team: [gone] },
}

const pressed = async (page: Page, button: string) => {
  await page.getByRole('button', { name: button }).click()
  await page.getByRole('dialog').getByRole('button', { name: button }).click()
}

describe.skipIf(chromiumPath === undefined)(`what was done${whyNoChromium}`, () => {
  test('is done, also where it cannot be read again: a drill', async () => {
    const { url, node } = await staged()
    const page = await visit(`${url}/#/bell`)
    await page.getByRole('article', { name: 'phone' }).waitFor()
    await page.route('**/v1/bell', (route) => route.abort())
    await pressed(page, 'Drill')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect((await node().rings('limit=10')).rings).toHaveLength(1)
  })

  test('is done, also where it cannot be read again: a grant', async () => {
    const { url, node } = await staged({ token: operator, repos: ['demo'], runs: [frozen] })
    const page = await visit(`${url}/#/runs`)
    await signIn(page)
    await page.getByRole('link', { name: 'demo#5' }).click()
    await page.getByRole('button', { name: 'Grant more demo#5' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Why').fill('nearly there')
    await page.route('**/v1/runs?live=*', (route) => route.abort())
    await dialog.getByRole('button', { name: 'Grant' }).click()
    await dialog.waitFor({ state: 'detached' })
    const { runs } = await node().get<{ runs: ReadonlyArray<{ id: string }> }>('/v1/runs')
    const run = await node().get<{ budget: { attempts: unknown } }>(`/v1/runs/${runs[0]?.id}`)
    expect(run.budget.attempts).toMatchObject({ granted: 2 })
  })

  test('and was not answered may have been done, and the page says so', async () => {
    const { url, node } = await staged()
    const page = await visit(`${url}/#/bell`)
    await page.route('**/v1/drill', async (route) => {
      await route.fetch()
      await route.abort()
    })
    await pressed(page, 'Drill')
    const words = 'The node does not answer. It may have been done; look before you press again.'
    await page.getByRole('alert').getByText(words).waitFor()
    expect((await node().rings('limit=10')).rings).toHaveLength(1)
  })

  test('cannot be pressed again until it is read: a delivery is sent again once', async () => {
    const { url, node } = await staged({ rings: [givenUp] })
    const page = await visit(url)
    await page.getByRole('link', { name: 'What to do' }).click()
    const button = page.getByRole('button', { name: 'Send again to team' })
    await button.waitFor()
    let letGo = () => {}
    const held = new Promise<void>((resolve) => (letGo = resolve))
    await page.route('**/v1/rings/ring_*', async (route) => {
      if (route.request().method() === 'GET') await held
      await route.continue()
    })
    await button.click()
    await page.getByText('It is sent again.').waitFor()
    expect(await button.count()).toBe(0)
    letGo()
    await page.getByText('sent again: accepted by team').waitFor()
    await until('it is not dead', async () => (await node().rings('state=dead')).rings.length === 0)
    await page.getByText('It is sent again.').waitFor({ state: 'detached' })
  })
})
