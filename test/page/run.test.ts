import { describe, expect, test } from 'vitest'

import { chromiumPath, whyNoChromium } from './browser.ts'
import { minute, type PastRun } from './seed.ts'
import { chromium, operator, signIn, staged } from './visit.ts'

const { visit } = chromium()

const ranOut = (what: 'attempts' | 'money', agoMs = 9 * minute): PastRun => ({
  agoMs,
  issue: 'demo#5',
  end: { state: 'frozen', ranOut: what },
})
const done = { agoMs: 0, issue: 'demo#5', end: { state: 'done', passed: ['test'] } } as const

describe.skipIf(chromiumPath === undefined)(`one run on the page${whyNoChromium}`, () => {
  test('says what to do next, and offers what unblocks it', async () => {
    const { url } = await staged({ token: operator, repos: ['demo'], runs: [ranOut('money')] })
    const page = await visit(`${url}/#/runs`)
    await signIn(page)
    await page.locator('.row', { hasText: 'demo#5' }).click()
    await page.getByText('Next: afk grant demo#5 --cost 20').waitFor()
    await page.getByRole('button', { name: 'Grant more demo#5' }).click()
    const fields = page.getByRole('dialog').getByRole('spinbutton')
    const first = await fields.evaluateAll((all) =>
      all.map((each) => (each as HTMLInputElement).value),
    )
    expect(first).toEqual(['0', '0', '20'])
  })

  test('whose issue has gone on since says what became of it, and offers nothing that the node refuses', async () => {
    const runs = [ranOut('attempts'), done]
    const { url } = await staged({ token: operator, repos: ['demo'], runs })
    const page = await visit(`${url}/#/runs`)
    await signIn(page)
    await page.locator('.row', { hasText: 'its corrective turns are used up' }).click()
    await page.getByText(/Since then: done: .* landed/).waitFor()
    expect(await page.getByText('Next:').count()).toBe(0)
    expect(await page.getByRole('button', { name: /Continue|Grant/ }).count()).toBe(0)
  })

  test('says as much as its card: no answer of its executor, what is red and where; and no Stop while disarmed', async () => {
    const { url } = await staged({ runs: [ranOut('attempts')] })
    const page = await visit(`${url}/#/runs`)
    await page.route('**/v1/runs/run_*', async (route) => {
      const run = await (await route.fetch()).json()
      const failing = [{ name: 'lint', url: 'https://ci.example/7' }]
      const pushed = { where: 'landed', pullRequest: null, says: 'CI is red: lint', failing }
      const unreachableSince = new Date(Date.now() - 12 * minute).toISOString()
      const now = { phase: 'fixing', endedAt: null, verdict: null, unreachableSince, pushed }
      await route.fulfill({ json: { ...run, ...now } })
    })
    await page.locator('.row', { hasText: 'demo#5' }).click()
    await page.getByText('The executor has not answered for 12 min').waitFor()
    const link = page.getByRole('link', { name: 'lint' })
    expect(await link.getAttribute('href')).toBe('https://ci.example/7')
    expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0)
  })
})
