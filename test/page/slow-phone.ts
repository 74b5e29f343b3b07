/** Loads the page as a phone on slow 4G does, by Lighthouse's numbers, and tells how that went, in milliseconds. */
import type { Page } from 'playwright-core'

export type Loaded = {
  /** Something is painted. */
  readonly paint: number
  /** What the node knows is there, and is followed. */
  readonly there: number
  /** How long, in sum, a key or a tap would have waited for more than 50 ms, on a machine that does nothing else. */
  readonly blocked: number
  readonly asked: readonly string[]
}

/** `page` has not been anywhere yet. */
export async function loadSlowly(page: Page, url: string): Promise<Loaded> {
  await slowDown(page)
  const asked: string[] = []
  page.on('request', (request) => asked.push(new URL(request.url()).pathname))
  const browser = page.context().browser()
  await browser?.startTracing(page, { categories: ['toplevel', '__metadata'] })
  await page.goto(url)
  await page.getByRole('heading', { name: /you\.$/ }).waitFor()
  await page.locator('.none, [data-ring]').first().waitFor()
  await page.locator('.link-state.live').waitFor()
  const told = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity,
    there: performance.now(),
  }))
  const trace = (await browser?.stopTracing())?.toString() ?? '{}'
  return { ...told, blocked: blockedIn(trace), asked }
}

type TraceEvent = {
  readonly name: string
  readonly pid: number
  readonly tid: number
  /** Of the thread's own processor time, in microseconds: what else the machine does is not in it. */
  readonly tdur?: number
  readonly args?: { readonly name?: string }
}

/** What each task of the page took beyond 50 ms, in sum: https://web.dev/articles/tbt */
function blockedIn(trace: string): number {
  const { traceEvents = [] } = JSON.parse(trace) as { traceEvents?: readonly TraceEvent[] }
  const threadOf = ({ pid, tid }: TraceEvent) => `${pid} ${tid}`
  const mains = new Set(
    traceEvents
      .filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
      .map(threadOf),
  )
  const tasks = traceEvents.filter(
    (event) => event.name === 'ThreadControllerImpl::RunTask' && mains.has(threadOf(event)),
  )
  if (!tasks.some(({ tdur }) => tdur !== undefined)) throw new Error('the trace has no task')
  return tasks.reduce((sum, { tdur = 0 }) => sum + Math.max(0, tdur / 1_000 - 50), 0)
}

async function slowDown(page: Page) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 })
  await devtools.send('Network.enable')
  await devtools.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 150,
    downloadThroughput: (1.6 * 1024 * 1024) / 8,
    uploadThroughput: (750 * 1024) / 8,
  })
}
