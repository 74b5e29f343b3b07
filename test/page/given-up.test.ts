import { describe, expect, test } from 'vitest'

import { until } from '../until.ts'
import { chromiumPath, whyNoChromium } from './browser.ts'
import { gone, minute, type PastRing, taken } from './seed.ts'
import { chromium, ringBody, staged } from './visit.ts'

const { visit } = chromium()

const givenUp = (number: number, more: Partial<PastRing> = {}): PastRing => ({
  agoMs: number * minute,
  kind: 'frozen',
  issue: `infra#${number}`,
  detail: 'CI red',
  tries: { phone: [taken], team: [gone] },
  ...more,
})

describe.skipIf(chromiumPath === undefined)(`what was given up${whyNoChromium}`, () => {
  test('and taken since is given up no more, in the list and in what is open', async () => {
    const { url, node } = await staged({ rings: [givenUp(1), givenUp(2, { kind: 'done' })] })
    const page = await visit(url)
    const row = page.locator('.row', { hasText: 'infra#2' })
    await row.getByText('Given up by team').waitFor()
    const open = page.locator('.card.loud .bad')
    await open.getByText('team gave it up').waitFor()
    for (const { id } of (await node().rings('limit=10')).rings)
      await node().post(`/v1/rings/${id}/resend`, { channel: 'team' })
    await page.getByText('sent again: accepted by team').waitFor()
    await row.getByText('Given up').waitFor({ state: 'detached' })
    await open.waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'The bell is well' }).waitFor()
  })

  test('by a channel that is gone is said so, and keeps no other from being sent again', async () => {
    const rings = [givenUp(1, { tries: { phone: [taken], pager: [gone] } }), givenUp(2), givenUp(3)]
    const { url, node } = await staged({ rings })
    const page = await visit(`${url}/#/bell`)
    await page.getByText('Nothing can be sent to pager any more').waitFor()
    await page.getByRole('button', { name: 'Send all again' }).click()
    await page.getByRole('dialog').getByText('Send 2 rings again').waitFor()
    await page.getByRole('dialog').getByRole('button', { name: 'Send all again' }).click()
    await until('the others are sent', async () => {
      const { rings: dead } = await node().rings('state=dead')
      return dead.map(({ issueRef }) => issueRef).join(' ') === 'infra#1'
    })
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    await page.locator('.row', { hasText: 'infra#1' }).click()
    await page.getByText('pager gave it up').waitFor()
    expect(await page.getByRole('button', { name: 'Send again to' }).count()).toBe(0)
  })

  test('and is refused once more keeps no other from being sent again', async () => {
    const { url, node } = await staged({ rings: [givenUp(1), givenUp(2), givenUp(3)] })
    const page = await visit(`${url}/#/bell`)
    const [first] = (await node().rings('limit=1')).rings
    const json = { code: 'ring_not_found', message: 'no ring has that id' }
    await page.route(`**/${first?.id}/resend`, (route) => route.fulfill({ status: 404, json }))
    await page.getByRole('button', { name: 'Send all again' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('button', { name: 'Send all again' }).click()
    const words = 'Not sent: infra#1 to team: No ring has that id'
    await dialog.getByRole('alert').getByText(words).waitFor()
    await until('the others are sent', async () => {
      const { rings: dead } = await node().rings('state=dead')
      return dead.map(({ issueRef }) => issueRef).join(' ') === 'infra#1'
    })
  })
})

describe.skipIf(chromiumPath === undefined)(`what waits${whyNoChromium}`, () => {
  test('says when it is tried next as long as that is ahead, and not while its channel is closed', async () => {
    const { url, node, sink } = await staged()
    sink.answer('phone', 401)
    sink.answer('team', 500)
    await node().post('/v1/rings', ringBody())
    const page = await visit(url)
    await page.getByRole('link', { name: 'More about' }).click()
    const phone = page.locator('.delivery', { hasText: 'phone' })
    await phone.getByText('waits until phone is open again').waitFor()
    await page
      .locator('.delivery', { hasText: 'team' })
      .getByText(/^Next try in \d+ s\.$/)
      .waitFor()
    expect(await phone.getByText(/Next try|Tried again/).count()).toBe(0)
  })
})
