import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'

import { chromiumPath, desktop, phone, whyNoChromium } from './browser.ts'
import { pastRings, pastRuns } from './past.ts'
import { gone, minute, type PastRing, type PastRun, taken } from './seed.ts'
import { chromium, operator, ringBody, signIn, staged } from './visit.ts'

const { visit } = chromium()

/** Markup, a way out of it, a text that is turned around, and words that do not break. */
const nasty = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>"'>]]>&lt;b&gt;`
const hostile = `${nasty} \u202egnp.exe ${'W'.repeat(1_500)} javascript:alert(1) 💥`

const hostileRings: readonly PastRing[] = [
  {
    agoMs: minute,
    kind: 'frozen',
    issue: `${'long-name-'.repeat(18)}x#99999`,
    title: hostile,
    detail: hostile,
  },
  {
    agoMs: 2 * minute,
    kind: 'needs-human',
    issue: 'infra#7',
    title: nasty,
    detail: `${nasty}\n\n\n${'line\n'.repeat(60)}`,
    threadId: hostile,
    tries: { phone: [taken], team: [{ ...gone, detail: hostile } as typeof gone] },
    heard: { by: nasty, note: hostile },
  },
]
const hostileRuns: readonly PastRun[] = [
  {
    agoMs: minute,
    issue: 'infra#8',
    title: hostile,
    end: { state: 'withdrawn', withdrawnBy: hostile },
  },
  {
    agoMs: minute,
    issue: 'infra#9',
    title: nasty,
    end: { state: 'done', passed: [hostile, nasty] },
  },
]

async function views(page: Page, look: (name: string) => Promise<void>) {
  const links = async (selector: string) =>
    page.locator(selector).first().getAttribute('href', { timeout: 5_000 })
  await page.locator('.link-state.live').waitFor()
  await look('rings')
  const ring = await links('a[href^="#/ring/"]')
  await page.getByRole('navigation').getByText('Runs').click()
  await page.locator('h2', { hasText: 'Ended' }).waitFor()
  await look('runs')
  const run = await links('a[href^="#/run/"]')
  await page.getByRole('navigation').getByText('Bell').click()
  await page.locator('h2', { hasText: 'By week' }).waitFor()
  await look('bell')
  for (const hash of [ring, run]) {
    await page.evaluate((to) => void (window.location.hash = to ?? ''), hash)
    await page.locator('article.whole').waitFor()
    await look(hash ?? '')
  }
}

describe.skipIf(chromiumPath === undefined)(`hostile text${whyNoChromium}`, () => {
  test('is text: nothing of it is markup, runs, or leads anywhere', async () => {
    const { url } = await staged({ rings: hostileRings, runs: hostileRuns })
    const page = await visit(url, { viewport: phone })
    await views(page, async () => {
      const found = await page.evaluate(() => ({
        title: document.title,
        foreign: document.querySelectorAll('img, script:not([src]), iframe, b').length,
        links: [...document.links].map(({ protocol }) => protocol),
        text: document.body.textContent,
      }))
      expect([found.title, found.foreign]).toEqual(['(1) AFK', 0])
      expect(found.links.filter((protocol) => !/^https?:$/.test(protocol))).toEqual([])
      expect(found.text).not.toContain('\u202e')
    })
    await page.goto(`${url}/#/rings`)
    await page.getByText(nasty).first().waitFor()
  })

  test.each([
    ['phone', phone],
    ['desktop', desktop],
  ])('makes no view of a %s wider than its screen', async (_, viewport) => {
    const { url } = await staged({ rings: hostileRings, runs: hostileRuns })
    const page = await visit(url, { viewport })
    await views(page, async (view) => {
      const widths = await page.evaluate(() => [
        document.documentElement.scrollWidth,
        Math.max(
          ...[...document.querySelectorAll('main *')].map(
            (each) => each.getBoundingClientRect().right,
          ),
        ),
      ])
      expect([view, Math.max(...widths) <= viewport.width]).toEqual([view, true])
    })
  })
})

describe.skipIf(chromiumPath === undefined)(`on a phone${whyNoChromium}`, () => {
  test('whatever is tapped is 44 px high or more', async () => {
    const { url } = await staged({ rings: pastRings.slice(0, 12), runs: pastRuns.slice(0, 5) })
    const page = await visit(url, { viewport: phone })
    await views(page, async (view) => {
      const small = await page.evaluate(() =>
        [...document.querySelectorAll('.button, .tabs a, .row, input, .back a')]
          .filter((each) => each.checkVisibility() && each.getBoundingClientRect().height < 43.5)
          .map((each) => each.textContent),
      )
      expect([view, small]).toEqual([view, []])
    })
  })
})

describe.skipIf(chromiumPath === undefined)(`where there is little room${whyNoChromium}`, () => {
  test('a row keeps the number of its issue whole', async () => {
    const issue = 'tools/release-of-everything#288'
    const rings = [
      { agoMs: 50 * minute, kind: 'needs-human', issue, detail: 'CI red', heard: { by: 'ada' } },
    ] as const
    const end = { state: 'frozen', ranOut: 'money' } as const
    const { url } = await staged({ rings, runs: [{ agoMs: 50 * minute, issue, end }] })
    const page = await visit(url, { viewport: phone })
    for (const view of ['Rings', 'Runs']) {
      await page.getByRole('navigation').getByText(view).click()
      const ref = page.locator('.row .ref', { hasText: issue })
      const [cut = 0, number = 0, lines] = await ref.evaluate((each) => {
        const range = document.createRange()
        range.selectNodeContents(each.lastChild ?? each)
        const [cutAt, endsAt] = [each, range].map((of) => of.getBoundingClientRect().right)
        return [cutAt, endsAt, range.getClientRects().length]
      })
      expect([view, number <= cut + 0.5, lines]).toEqual([view, true, 1])
    }
  })

  test('a sign-out that fails is told below the header, which stays whole', async () => {
    const { url } = await staged({ token: operator })
    const page = await visit(url, { viewport: phone })
    await signIn(page)
    const button = page.getByRole('button', { name: 'Sign out' })
    await page.locator('.link-state.live').waitFor()
    await page.route('**/v1/session', (route) => route.abort())
    await button.click()
    const told = await page.getByRole('alert').boundingBox()
    const whole = await button.boundingBox()
    expect(told?.y).toBeGreaterThanOrEqual((whole?.y ?? 0) + (whole?.height ?? 0))
    expect(whole?.height).toBeLessThan(50)
    expect((await page.locator('.top .half').boundingBox())?.width).toBe(16)
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(phone.width)
  })
})

const backgroundOf = (page: Page) =>
  page.evaluate(() => {
    const [red = 0] = getComputedStyle(document.documentElement).backgroundColor.match(/\d+/g) ?? []
    return Number(red) < 100 ? 'dark' : 'light'
  })

describe.skipIf(chromiumPath === undefined)(`the colours${whyNoChromium}`, () => {
  test('are the device’s, until others are chosen, which stay', async () => {
    const { url } = await staged()
    const page = await visit(url, { colorScheme: 'dark' })
    const button = page.getByRole('button', { name: /Theme/ })
    await button.waitFor()
    expect(await backgroundOf(page)).toBe('dark')
    await page.emulateMedia({ colorScheme: 'light' })
    expect(await backgroundOf(page)).toBe('light')
    await button.click()
    expect([await button.textContent(), await backgroundOf(page)]).toEqual(['Theme: Dark', 'dark'])
    await page.reload()
    await button.waitFor()
    expect(await backgroundOf(page)).toBe('dark')
    await button.click()
    await page.emulateMedia({ colorScheme: 'dark' })
    expect([await button.textContent(), await backgroundOf(page)]).toEqual([
      'Theme: Light',
      'light',
    ])
    await button.click()
    expect([await button.textContent(), await backgroundOf(page)]).toEqual(['Theme: Auto', 'dark'])
  })

  test('can be chosen also where the browser keeps nothing for a page', async () => {
    const { url } = await staged()
    const page = await visit('about:blank', { colorScheme: 'light' })
    await page.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('denied', 'SecurityError')
        },
      })
    })
    await page.goto(url)
    await page.getByRole('button', { name: /Theme: Auto/ }).click()
    await page.getByRole('button', { name: /Theme: Dark/ }).waitFor()
    expect(await backgroundOf(page)).toBe('dark')
  })
})

describe.skipIf(chromiumPath === undefined)(`axe${whyNoChromium}`, () => {
  test.each([
    ['a phone in the light', { viewport: phone, colorScheme: 'light' }],
    ['a phone in the dark', { viewport: phone, colorScheme: 'dark' }],
    ['a desktop in the light', { viewport: desktop, colorScheme: 'light' }],
    ['a desktop in the dark', { viewport: desktop, colorScheme: 'dark' }],
  ] as const)('finds nothing serious in any view of %s', async (_, options) => {
    const { url } = await staged({ rings: pastRings.slice(0, 12), runs: pastRuns.slice(0, 5) })
    const page = await visit(url, options)
    await page.evaluate(axe.source)
    await views(page, async (view) => {
      const found = await page.evaluate(async () => {
        const { axe: inPage } = window as unknown as { axe: typeof axe }
        return (await inPage.run()).violations
      })
      const serious = found
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${view}: ${id}: ${nodes.map(({ html }) => html).join(' ')}`)
      expect(serious).toEqual([])
    })
  })
})

describe.skipIf(chromiumPath === undefined)(`with the keyboard alone${whyNoChromium}`, () => {
  const focused = (page: Page) =>
    page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(
        document.activeElement ?? document.body,
      )
      const text = document.activeElement?.textContent ?? ''
      return { text, isVisible: outlineStyle !== 'none' && outlineWidth !== '0px' }
    })

  /** Tabs on until what has the focus begins with this; each on the way must show that it has it. */
  async function tabTo(page: Page, name: string) {
    for (let steps = 0; steps < 40; steps += 1) {
      await page.keyboard.press('Tab')
      const { text, isVisible } = await focused(page)
      expect([text, isVisible]).toEqual([text, true])
      if (text.startsWith(name)) return
    }
    throw new Error(`no way by Tab to ${name}`)
  }

  test('a ring is found and acknowledged with a note, and each part is reached', async () => {
    const { url, node } = await staged()
    const { body } = await node().post<{ id: string }>('/v1/rings', ringBody())
    const page = await visit(url)
    await page.locator('[data-ring]').first().waitFor()
    await tabTo(page, 'To the content')
    await tabTo(page, 'With a note')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Escape')
    expect((await focused(page)).text).toMatch(/^With a note/)
    await page.keyboard.press('Enter')
    await page.keyboard.type('heard')
    await tabTo(page, 'Acknowledge')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Nobody needs you.' }).waitFor()
    expect(await node().show(body.id)).toMatchObject({ acknowledged: { note: 'heard' } })
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
    await tabTo(page, 'Bell')
    await page.keyboard.press('Enter')
    await page.locator('h2', { hasText: 'Channels' }).waitFor()
    await tabTo(page, 'Drill')
  })

  test('the content is gone to without leaving the part of the page', async () => {
    const { url } = await staged()
    const page = await visit(`${url}/#/bell`)
    await page.locator('h2', { hasText: 'Channels' }).waitFor()
    await tabTo(page, 'To the content')
    await page.keyboard.press('Enter')
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
    await page.locator('h2', { hasText: 'Channels' }).waitFor()
    await tabTo(page, 'Drill')
  })

  test('who paused everything goes on in that part of the page, where the button is gone', async () => {
    const { url } = await staged()
    const page = await visit(`${url}/#/runs`)
    await page.locator('.link-state.live').waitFor()
    await tabTo(page, 'Pause all')
    await page.keyboard.press('Enter')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('Everything is paused').waitFor()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
    await tabTo(page, 'Resume all')
  })
})
