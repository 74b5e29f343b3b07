import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'

import { until } from '../until.ts'
import { chromiumPath, whyNoChromium } from './browser.ts'
import { gone, minute, type PastRing, taken } from './seed.ts'
import { chromium, operator, ringBody, signIn, staged } from './visit.ts'

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
    await page.locator('.row', { hasText: 'demo#5' }).click()
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
    await page.getByRole('link', { name: 'More about' }).click()
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

describe.skipIf(chromiumPath === undefined)(`a note that is being typed${whyNoChromium}`, () => {
  const typed = 'the font licence is missing'
  const write = async (page: Page) => {
    await page.getByRole('button', { name: 'With a note' }).click()
    await page.keyboard.type(typed)
  }
  const send = (page: Page) =>
    page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).click()

  test('stays where somebody else acknowledges the ring, and is not said to be kept', async () => {
    const { url, node } = await staged()
    const { body } = await node().post<{ id: string }>('/v1/rings', ringBody())
    const page = await visit(url)
    await write(page)
    await node().post(`/v1/rings/${body.id}/ack`, { by: 'ada' })
    await page.getByRole('heading', { name: 'Nobody needs you.', includeHidden: true }).waitFor()
    const note = page.getByRole('textbox', { name: 'Note' })
    expect(await note.inputValue()).toBe(typed)
    await send(page)
    await page.getByRole('alert').getByText('ada acknowledged it before you').waitFor()
    expect(await note.inputValue()).toBe(typed)
    await page.getByRole('button', { name: 'Not now' }).click()
    await note.waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
  })

  test('stays where the session ends meanwhile, and is sent after a new sign-in', async () => {
    const { url, node } = await staged({ token: operator })
    const { body } = await node().post<{ id: string }>('/v1/rings', ringBody())
    const page = await visit(url)
    await signIn(page)
    await write(page)
    await page.context().clearCookies()
    await send(page)
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
    await signIn(page)
    await send(page)
    await page.getByRole('heading', { name: 'Nobody needs you.' }).waitFor()
    expect(await node().show(body.id)).toMatchObject({ acknowledged: { note: typed } })
  })
})

test.skipIf(chromiumPath === undefined)(
  `whoever is refused for want of a session signs in${whyNoChromium}`,
  async () => {
    const { url, node } = await staged({ token: operator })
    await node().post('/v1/rings', ringBody())
    const page = await visit(url)
    await signIn(page)
    const link = page.getByRole('link', { name: 'More about' })
    // Nothing but what the view of one ring reads.
    const status = 401
    const json = { code: 'unauthorized', message: 'send Authorization: Bearer' }
    await page.route('**/v1/rings/ring_*', (route) => route.fulfill({ status, json }))
    await link.click()
    await page.getByRole('heading', { name: 'Sign in' }).waitFor()
    expect(await page.getByText('Authorization').count()).toBe(0)
  },
)
