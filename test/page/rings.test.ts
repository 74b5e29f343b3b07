import { describe, expect, test } from 'vitest'

import { until } from '../until.ts'
import { chromiumPath, whyNoChromium } from './browser.ts'
import { gone, minute, silent, taken } from './seed.ts'
import { chromium, ringBody, staged } from './visit.ts'

const { visit } = chromium()
const live = '.link-state.live'

describe.skipIf(chromiumPath === undefined)(`rings on the page${whyNoChromium}`, () => {
  test('say at first sight whether somebody is needed', async () => {
    const { url, node } = await staged()
    const page = await visit(url)
    await page.getByRole('heading', { name: 'Nobody needs you.' }).waitFor()
    await node().post('/v1/rings', ringBody())
    await page.getByRole('heading', { name: 'One run needs you.' }).waitFor()
    await node().post('/v1/rings', ringBody({ kind: 'frozen' }))
    await page.getByRole('heading', { name: '2 runs need you.' }).waitFor()
    expect(await page.locator('.card.loud').count()).toBe(2)
  })

  test('of a drill are no run that needs somebody', async () => {
    const { url, node } = await staged()
    const page = await visit(url)
    await node().post('/v1/drill', {})
    await page.getByRole('heading', { name: 'A drill calls you.' }).waitFor()
    expect(await page.getByRole('link', { name: 'What to do' }).count()).toBe(0)
    await node().post('/v1/rings', ringBody())
    await page.getByRole('heading', { name: 'One run needs you.' }).waitFor()
  })

  test('are acknowledged with a note, and are open no more, also elsewhere', async () => {
    const { url, node } = await staged()
    const { body } = await node().post<{ id: string }>('/v1/rings', ringBody())
    const [page, other] = [await visit(url), await visit(url)]
    const card = page.locator('.card.loud')
    await card.getByRole('button', { name: 'With a note' }).click()
    await page.getByRole('textbox', { name: 'Note' }).fill('  I am on it  ')
    await page.getByRole('dialog').getByRole('button', { name: 'Acknowledge' }).click()
    for (const each of [page, other]) {
      await each.getByRole('heading', { name: 'Nobody needs you.' }).waitFor()
      await each.getByText('Acknowledged by local: I am on it').waitFor()
    }
    expect(await card.count()).toBe(0)
    expect(await node().show(body.id)).toMatchObject({
      acknowledged: { by: 'local', note: 'I am on it' },
    })
  })

  test('are acknowledged at one word', async () => {
    const { url, node } = await staged()
    await node().post('/v1/rings', ringBody())
    const page = await visit(url)
    await page.getByRole('button', { name: 'Acknowledge infra#42', exact: true }).click()
    await page.getByRole('heading', { name: 'Nobody needs you.' }).waitFor()
  })

  test('tell each try of each delivery in plain words', async () => {
    const { url } = await staged({
      rings: [
        {
          agoMs: 9 * minute,
          kind: 'frozen',
          issue: 'infra#42',
          detail: 'CI red',
          tries: { phone: [taken], team: [silent, silent, taken] },
        },
      ],
    })
    const page = await visit(url)
    await page.getByRole('link', { name: 'More about infra#42' }).click()
    await page
      .getByText('accepted by team after 3 tries; the first and second got no answer')
      .waitFor()
    expect(await page.locator('.tries li').allInnerTexts()).toEqual([
      expect.stringMatching(/min ago · accepted after \d+ ms/),
      expect.stringMatching(/min ago · got no answer: no answer in 10 s \(after \d+ ms\)/),
      expect.stringMatching(/min ago · got no answer/),
      expect.stringMatching(/min ago · accepted after \d+ ms/),
    ])
  })

  test('whose delivery is dead are sent again, and the page sees it taken', async () => {
    const { url, node } = await staged({
      rings: [
        {
          agoMs: 9 * minute,
          kind: 'frozen',
          issue: 'infra#42',
          detail: 'CI red',
          tries: { phone: [taken], team: [gone] },
        },
      ],
    })
    const page = await visit(url)
    await page.getByText('team gave it up after 1 try: no such topic').waitFor()
    await page.getByRole('link', { name: 'More about infra#42' }).click()
    await page.getByRole('button', { name: 'Send again to team' }).click()
    await page.getByText('sent again: accepted by team').waitFor()
    expect(await page.getByRole('button', { name: 'Send again to team' }).count()).toBe(0)
    expect((await node().rings('state=dead')).rings).toEqual([])
  })

  test('that were given up are all sent again from the bell, once it was asked', async () => {
    const dead = {
      kind: 'frozen',
      detail: 'CI red',
      tries: { phone: [taken], team: [gone] },
    } as const
    const { url, node } = await staged({
      rings: [1, 2, 3].map((each) => ({ ...dead, issue: `infra#${each}`, agoMs: each * minute })),
    })
    const page = await visit(`${url}/#/bell`)
    await page.getByRole('button', { name: 'Send all again' }).click()
    await page.getByRole('dialog').getByText('Send 3 rings again').waitFor()
    expect((await node().rings('state=dead')).rings).toHaveLength(3)
    await page.getByRole('dialog').getByRole('button', { name: 'Send all again' }).click()
    await until('none is dead', async () => (await node().rings('state=dead')).rings.length === 0)
    await page.getByRole('heading', { name: 'Given up' }).waitFor({ state: 'detached' })
  })

  test('come in pages', async () => {
    const { url } = await staged({
      rings: Array.from({ length: 50 }, (_, index) => ({
        agoMs: index * minute,
        kind: 'done',
        issue: `infra#${index + 1}`,
        detail: 'landed',
      })),
    })
    const page = await visit(url)
    const rows = page.locator('.row')
    await until('the first page is there', async () => (await rows.count()) === 20)
    await page.getByRole('button', { name: 'Show older' }).click()
    await until('all are there', async () => (await rows.count()) === 50)
    expect(await page.getByRole('button', { name: 'Show older' }).count()).toBe(0)
    expect(await rows.last().innerText()).toMatch(/infra\s*#50/)
  })
})

describe.skipIf(chromiumPath === undefined)(`a node that is away${whyNoChromium}`, () => {
  test('is said to be, with the age of what is shown, and is back by itself with what came', async () => {
    const { url, node, restart } = await staged()
    await node().post('/v1/rings', ringBody({ issue: { repo: 'infra', number: 1 } }))
    const page = await visit(url)
    await page.locator(live).waitFor()
    await restart(async () => {
      // At once, and not only when it is asked the next time.
      await page
        .getByText(/Offline\. The node does not answer; what you see is \d+ s old\./)
        .waitFor({ timeout: 5_000 })
      await page.getByText('infra#1').first().waitFor()
    })
    await node().post('/v1/rings', ringBody({ issue: { repo: 'infra', number: 2 } }))
    await page.locator(live).waitFor()
    await page.getByText('infra#2').first().waitFor()
    expect(await page.getByText('Offline.').count()).toBe(0)
  })

  test('is away, too, where it is the device that has no network', async () => {
    const { url, node } = await staged()
    const page = await visit(url)
    await page.locator(live).waitFor()
    await page.context().setOffline(true)
    await page.getByText('Offline. The node does not answer').waitFor({ timeout: 5_000 })
    await node().post('/v1/rings', ringBody())
    await page.context().setOffline(false)
    await page.getByRole('heading', { name: 'One run needs you.' }).waitFor({ timeout: 5_000 })
    await page.locator(live).waitFor()
  })

  test('does not lose what is being said: a refusal is shown, and the same button works later', async () => {
    const { url, node, restart } = await staged()
    await node().post('/v1/rings', ringBody())
    const page = await visit(url)
    const button = page.getByRole('button', { name: 'Acknowledge infra#42', exact: true })
    await button.waitFor()
    await restart(async () => {
      await button.click()
      await page.getByRole('alert').getByText('The node does not answer.').waitFor()
    })
    await page.locator(live).waitFor()
    await button.click()
    await page.getByRole('heading', { name: 'Nobody needs you.' }).waitFor()
  })
})
