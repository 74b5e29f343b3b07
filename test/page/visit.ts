/**
 * Somebody who looks at the page in a browser of their own. What a page must never do is written down of each visit,
 * and fails the test: an error that nobody caught, and anything that the policy had to refuse.
 */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'

import { chromiumPath, launch } from './browser.ts'
import { stage, type Staging } from './stage.ts'

export const operator = 'operator-token-0123456789'

/** One Chromium for all tests of a file. */
export function chromium(): { visit: typeof visit } {
  let browser: Browser | undefined
  beforeAll(async () => {
    if (chromiumPath !== undefined) browser = await launch()
  })
  afterAll(() => browser?.close())

  async function visit(url: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser!.newContext({ serviceWorkers: 'block', ...options })
    const page = await context.newPage()
    const wrongs: string[] = []
    page.on('pageerror', (error) => wrongs.push(String(error)))
    page.on('console', (message) => {
      if (/Content Security Policy|Refused to/i.test(message.text())) wrongs.push(message.text())
    })
    onTestFinished(async () => {
      await context.close()
      expect(wrongs).toEqual([])
    })
    await page.goto(url)
    return page
  }
  return { visit }
}

/** As when another tab is looked at. */
export const hide = (page: Page, isHidden = true) =>
  page.evaluate(
    (state) => {
      Object.defineProperty(document, 'visibilityState', { configurable: true, value: state })
      document.dispatchEvent(new Event('visibilitychange'))
    },
    isHidden ? 'hidden' : 'visible',
  )

export async function staged(staging: Staging = {}) {
  const made = await stage(staging)
  onTestFinished(() => made.stop())
  return made
}

export async function signIn(page: Page, token = operator): Promise<void> {
  await page.fill('input[name=token]', token)
  await page.getByRole('button', { name: 'Sign in' }).click()
}

export function ringBody(more: object = {}) {
  return { kind: 'needs-human', issue: { repo: 'infra', number: 42 }, detail: 'CI red', ...more }
}
