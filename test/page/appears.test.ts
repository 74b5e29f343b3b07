import { describe, expect, test } from 'vitest'

import { chromiumPath, whyNoChromium } from './browser.ts'
import { chromium, ringBody, staged } from './visit.ts'

const { visit } = chromium()

describe.skipIf(chromiumPath === undefined)(`rings on the page${whyNoChromium}`, () => {
  test('appear by themselves within 250 ms after they were asked for, and are read out', async () => {
    const { url, node } = await staged()
    const page = await visit(url)
    await page.locator('.link-state.live').waitFor()
    await page.evaluate(() => {
      const seen: Record<string, number> = {}
      Object.assign(window, { seen })
      new MutationObserver(() => {
        for (const each of document.querySelectorAll<HTMLElement>('[data-ring]'))
          seen[each.dataset['ring'] ?? ''] ??= Date.now()
      }).observe(document.body, { childList: true, subtree: true })
    })
    const waits: number[] = []
    for (let number = 1; number <= 15; number += 1) {
      const askedAt = Date.now()
      const kind = number % 2 === 0 ? 'done' : 'frozen'
      const asked = ringBody({ kind, issue: { repo: 'infra', number } })
      const { body } = await node().post<{ id: string }>('/v1/rings', asked)
      await page.locator(`[data-ring="${body.id}"]`).waitFor({ state: 'attached' })
      const at = await page.evaluate((id) => Object(window).seen[id] as number, body.id)
      waits.push(at - askedAt)
    }
    const sorted = waits.toSorted((a, b) => a - b)
    console.log(`a ring was on the page after ${sorted[7]} ms, at most ${sorted[14]} ms`)
    expect(sorted[7]).toBeLessThan(250)
    await page.locator('[aria-live]', { hasText: 'infra#15' }).waitFor({ state: 'attached' })
  })
})
