import type { Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'

import { until } from '../until.ts'
import { chromiumPath, whyNoChromium } from './browser.ts'
import type { stage, Staging } from './stage.ts'
import { chromium, operator, signIn, staged } from './visit.ts'

type Stage = Awaited<ReturnType<typeof stage>>

const { visit } = chromium()

async function armed(hash = '#/runs', more: Staging = {}) {
  const made = await staged({ token: operator, repos: ['demo'], ...more })
  const page = await visit(`${made.url}/${hash}`)
  await signIn(page)
  await page.getByRole('navigation').waitFor()
  return { ...made, page }
}

const said = (page: Page, button: string) =>
  page.getByRole('dialog').getByRole('button', { name: button }).click()

const live = async ({ node }: Pick<Stage, 'node'>) => (await node().status()).loop.runs

describe.skipIf(chromiumPath === undefined)(`the loop on the page${whyNoChromium}`, () => {
  test('is paused once it was asked: nothing is dispatched until it is resumed', async () => {
    const { page, issues, node } = await armed()
    await page.getByRole('button', { name: 'Pause all' }).click()
    expect((await node().status()).loop.pauses).toEqual([])
    await said(page, 'Pause all')
    await page.getByText('Everything is paused by operator').waitFor()
    issues('demo').addIssue(1, { name: 'waits', body: 'demo: wait' })
    // Each is told by the poll that meets it first, and one poll is over before the next begins.
    for (const number of [8, 9]) {
      issues('demo').addIssue(number, { name: 'faulty', body: '' })
      issues('demo').edit(number, () => '---\nlabels: [\n---\n')
      await until(`a poll has met #${number}`, () =>
        node().log.some(
          (each) => each.event === 'issue-faulty' && each.where.includes(`${number}`),
        ),
      )
    }
    expect(await live({ node })).toEqual([])
    await page.getByText('No run is under way.').waitFor()
    await page.getByRole('button', { name: 'Resume all' }).click()
    await said(page, 'Resume all')
    await page.locator('[data-run]', { hasText: 'demo#1' }).waitFor()
    expect(await page.getByText('Everything is paused').count()).toBe(0)
  })

  test('shows a run under way with its budget, and stops it once it was asked', async () => {
    const { page, issues, node } = await armed()
    issues('demo').addIssue(1, { name: 'waits', body: 'demo: third' })
    const card = page.locator('.card[data-run]')
    await card.getByText('Mending').waitFor()
    await card.getByText('1 of 5, 4 left').waitFor()
    const bar = card.getByRole('progressbar', { name: 'Corrective turns' })
    expect(await bar.evaluate((each: HTMLProgressElement) => [each.value, each.max])).toEqual([
      1, 5,
    ])
    await card.getByText(/Last sign of life/).waitFor()
    await card.getByRole('button', { name: 'Stop demo#1' }).click()
    expect(await live({ node })).toHaveLength(1)
    await said(page, 'Not now')
    expect(await live({ node })).toHaveLength(1)
    await card.getByRole('button', { name: 'Stop demo#1' }).click()
    await said(page, 'Stop it')
    await page.locator('.row', { hasText: 'withdrawn by operator' }).waitFor()
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')
    expect(await live({ node })).toEqual([])
  })

  test('shows a question and how to answer it; answered, the run goes on and lands', async () => {
    const { page, issues } = await armed('#/rings')
    issues('demo').addIssue(3, { name: 'asks-a-question', body: 'demo: ask' })
    await page.getByRole('heading', { name: 'One run needs you.' }).waitFor()
    await page.getByRole('link', { name: 'What to do about demo#3' }).click()
    await page.locator('.asks', { hasText: 'which colour?' }).waitFor()
    const next = 'Next: write the answer into the issue, then afk continue demo#3'
    await page.locator('p.next', { hasText: next }).waitFor()
    issues('demo').edit(3, (text) => text.replace('demo: ask', 'demo: ask\n\nanswer: blue'))
    await page.getByRole('button', { name: 'Continue demo#3' }).click()
    await said(page, 'Continue')
    await page.getByText('It goes on in the place and thread of an earlier run').waitFor()
    await page.locator('.facts', { hasText: 'Done' }).waitFor()
    const lineage = page.getByRole('region', { name: 'Runs of the issue' })
    expect(await lineage.locator('li').count()).toBe(2)
    await lineage.getByText('which colour?').waitFor()
    await page.locator('.timeline', { hasText: 'is on the landing branch' }).waitFor()
    await page.getByRole('navigation').getByText('Rings').click()
    await page.locator('[data-ring] a', { hasText: 'demo#3' }).last().click()
    await page.getByText(/Since then: done: .* landed/).waitFor()
    expect(await page.locator('p.next', { hasText: 'Next:' }).count()).toBe(0)
    expect(await page.getByRole('button', { name: 'Continue' }).count()).toBe(0)
  })

  test('grants a frozen issue more, and lets it continue', async () => {
    const { page, issues } = await armed('#/rings')
    issues('demo').addIssue(5, { name: 'uses-it-up', body: 'demo: never' })
    await page.getByRole('heading', { name: 'One run needs you.' }).waitFor({ timeout: 50_000 })
    await page.getByRole('link', { name: 'What to do about demo#5' }).click()
    await page.getByRole('button', { name: 'Grant more demo#5' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Corrective turns').fill('1')
    await dialog.getByLabel('Minutes').fill('0')
    await said(page, 'Grant')
    expect(await dialog.isVisible()).toBe(true)
    await dialog.getByLabel('Why').fill('nearly there')
    await said(page, 'Grant')
    await dialog.waitFor({ state: 'detached' })
    await page.getByRole('link', { name: 'Its whole story' }).click()
    await page.getByText('operator granted 1 corrective turn: nearly there').waitFor()
    await page.getByText('5 of 6, 1 left').waitFor()
    await page.getByRole('button', { name: 'Continue demo#5' }).click()
    await said(page, 'Continue')
    await page.getByText('It goes on in the place and thread of an earlier run').waitFor()
  })

  test('starts an issue by hand, and says why it does not start another', async () => {
    const { page, issues } = await armed('#/runs', { pollEvery: '1h' })
    issues('demo').addIssue(1, { name: 'waits', body: 'demo: wait' })
    await page.getByRole('button', { name: 'Start an issue' }).click()
    const issue = page.getByRole('dialog').getByRole('textbox', { name: 'Issue' })
    await issue.fill('demo')
    await said(page, 'Start')
    expect(await issue.evaluate((each: HTMLInputElement) => each.validity.valid)).toBe(false)
    await issue.fill('demo#9')
    await said(page, 'Start')
    await page
      .getByRole('alert')
      .getByText(/There is no issue demo#9/)
      .waitFor()
    await issue.fill('demo#1')
    await said(page, 'Start')
    await page.locator('.card[data-run]', { hasText: 'Started by operator' }).waitFor()
  })
})

describe.skipIf(chromiumPath === undefined)(`a disarmed loop${whyNoChromium}`, () => {
  test('says what is missing, and offers nothing that it would refuse', async () => {
    const { url } = await staged()
    const page = await visit(`${url}/#/runs`)
    await page.getByText('The loop is disarmed: it starts nothing by itself. Why:').waitFor()
    expect(await page.locator('.card li').count()).toBeGreaterThan(0)
    expect(await page.getByRole('button', { name: 'Start an issue' }).count()).toBe(0)
  })
})
