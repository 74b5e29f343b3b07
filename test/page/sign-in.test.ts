import { describe, expect, test } from 'vitest'

import { chromiumPath, whyNoChromium } from './browser.ts'
import { chromium, hide, operator, ringBody, signIn, staged } from './visit.ts'

const { visit } = chromium()
const heading = { name: 'Sign in' }

describe.skipIf(chromiumPath === undefined)(`a sign-in at the page${whyNoChromium}`, () => {
  test('with the operator’s token shows the rings, and stays over a new start of the page', async () => {
    const { url, node } = await staged({ token: operator })
    await node().post('/v1/rings', ringBody())
    const page = await visit(url)
    await page.getByRole('heading', heading).waitFor()
    expect(await page.locator('[data-ring]').count()).toBe(0)
    await signIn(page)
    await page.getByRole('heading', { name: 'One run needs you.' }).waitFor()
    await page.reload()
    await page.getByRole('heading', { name: 'One run needs you.' }).waitFor()
    const [cookie, ...others] = await page.context().cookies()
    expect(cookie).toMatchObject({ name: 'afk_session', httpOnly: true, sameSite: 'Strict' })
    expect(others).toEqual([])
    expect(await page.evaluate(() => JSON.stringify({ ...localStorage }))).toBe('{}')
  })

  test('lets a person act, as the operator', async () => {
    const { url, node } = await staged({ token: operator })
    const { body } = await node().post<{ id: string }>('/v1/rings', ringBody())
    const page = await visit(url)
    await signIn(page)
    await page.getByRole('button', { name: 'Acknowledge infra#42', exact: true }).click()
    await page.getByText('Acknowledged by operator').waitFor()
    expect(await node().show(body.id)).toMatchObject({ acknowledged: { by: 'operator' } })
  })

  test('with a wrong token says so, and shows nothing', async () => {
    const { url, node } = await staged({ token: operator })
    await node().post('/v1/rings', ringBody())
    const page = await visit(url)
    await signIn(page, 'a-guess')
    await page.getByRole('alert').getByText('That is not the operator token').waitFor()
    expect(await page.locator('[data-ring]').count()).toBe(0)
    expect(await page.context().cookies()).toEqual([])
    await signIn(page)
    await page.locator('[data-ring]').first().waitFor()
  })

  test('keeps what was typed while the token is looked up elsewhere', async () => {
    const { url } = await staged({ token: operator })
    const page = await visit(url)
    await page.fill('input[name=token]', operator)
    await hide(page)
    const isAsked = page.waitForResponse(/\/v1\/status/)
    await hide(page, false)
    await isAsked
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('heading', { name: 'Nobody needs you.' }).waitFor()
  })

  test('with too many wrong tokens has to wait, and is told so', async () => {
    const { url } = await staged({ token: operator })
    const page = await visit(url)
    for (let i = 0; i < 10; i += 1) await signIn(page, 'a-guess')
    await signIn(page)
    await page
      .getByRole('alert')
      .getByText(/Too many wrong tokens were tried; the next can be tried in [1-6] s/)
      .waitFor()
  })

  test('ends with a sign-out, on the page and in the node', async () => {
    const { url } = await staged({ token: operator })
    const page = await visit(url)
    await signIn(page)
    await page.locator('.link-state.live').waitFor()
    const [cookie] = await page.context().cookies()
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByRole('heading', heading).waitFor()
    const headers = { cookie: `${cookie?.name}=${cookie?.value}` }
    expect((await fetch(`${url}/v1/status`, { headers })).status).toBe(401)
  })

  test('is asked for anew where the session has ended meanwhile', async () => {
    const { url, restart } = await staged({ token: operator })
    const page = await visit(url)
    await signIn(page)
    await page.locator('.link-state.live').waitFor()
    await restart(async () => {})
    await page.getByRole('heading', heading).waitFor()
  })

  test('is not needed where the node has no tokens', async () => {
    const { url } = await staged()
    const page = await visit(url)
    await page.getByRole('heading', { name: 'Nobody needs you.' }).waitFor()
    expect(await page.getByRole('button', { name: 'Sign out' }).count()).toBe(0)
  })
})

describe.skipIf(chromiumPath === undefined)(`another page of the browser${whyNoChromium}`, () => {
  test('changes nothing with the cookie, whatever it sends', async () => {
    const { url, node } = await staged({ token: operator })
    await node().post('/v1/rings', ringBody())
    const page = await visit(url)
    await signIn(page)
    await page.locator('[data-ring]').first().waitFor()
    // Another port of the same machine is the same site: a strict cookie goes along.
    const elsewhere = await staged()
    const other = await page.context().newPage()
    await other.goto(elsewhere.url)
    const told = await other.evaluate(async (to) => {
      const init = { method: 'POST', mode: 'no-cors', credentials: 'include' } as const
      try {
        await fetch(`${to}/v1/drill`, init)
        return 'sent'
      } catch {
        return 'stopped'
      }
    }, url)
    // Its own policy stops it; a form in a page without one is sent, and refused.
    expect(told).toBe('stopped')
    await other.route('**/bare', (route) =>
      route.fulfill({ contentType: 'text/html', body: form(url) }),
    )
    await other.goto(`${elsewhere.url}/bare`)
    const answered = other.waitForResponse((response) => response.url().endsWith('/v1/drill'))
    await other.getByRole('button').click()
    expect((await answered).status()).toBe(403)
    expect((await node().rings('limit=10')).rings).toHaveLength(1)
  })
})

const form = (to: string) =>
  `<!doctype html><form method="post" action="${to}/v1/drill"><button>go</button></form>`
