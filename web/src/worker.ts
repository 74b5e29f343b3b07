/**
 * Keeps the page's own files, so that an installed page opens without the node and can say that it is away.
 *
 * What the node knows always comes from the node, and is never kept. Files with a digest in their name never
 * change; all others are asked for first, and the kept ones are for when nobody answers within three seconds.
 */
type Waiting = Event & { waitUntil(work: Promise<unknown>): void }
type Fetching = Waiting & {
  readonly request: Request
  respondWith(answer: Promise<Response>): void
}
type Clicked = Waiting & { readonly notification: { readonly data: string; close(): void } }
type Client = { focus(): Promise<unknown>; navigate(to: string): Promise<unknown> }

type Scope = {
  readonly location: Location
  readonly clients: {
    claim(): Promise<void>
    matchAll(of: { type: 'window' }): Promise<readonly Client[]>
    openWindow(to: string): Promise<unknown>
  }
  skipWaiting(): Promise<void>
  addEventListener<E extends Event>(type: string, heard: (event: E) => void): void
}

const worker = self as unknown as Scope
const shelf = 'shell-1'
const patienceMs = 3_000
const fixed = new Set(['/', '/theme.js', '/icon.svg', '/icon-192.png', '/manifest.webmanifest'])

worker.addEventListener<Waiting>('install', (event) => event.waitUntil(worker.skipWaiting()))
worker.addEventListener<Waiting>('activate', (event) => event.waitUntil(worker.clients.claim()))

worker.addEventListener<Fetching>('fetch', (event) => {
  const { request } = event
  const { origin, pathname } = new URL(request.url)
  if (request.method !== 'GET' || origin !== worker.location.origin) return
  if (pathname.startsWith('/assets/')) event.respondWith(keptFirst(request))
  else if (fixed.has(pathname)) event.respondWith(askedFirst(request))
})

worker.addEventListener<Clicked>('notificationclick', (event) => {
  event.notification.close()
  event.waitUntil(show(event.notification.data))
})

async function keptFirst(request: Request): Promise<Response> {
  const kept = await caches.match(request)
  return kept ?? fetched(request)
}

async function askedFirst(request: Request): Promise<Response> {
  const asked = fetched(request)
  const kept = await caches.match(request)
  if (kept === undefined) return asked
  return Promise.race([asked.catch(() => kept), later(kept)])
}

async function later(kept: Response): Promise<Response> {
  await new Promise((resolve) => setTimeout(resolve, patienceMs))
  return kept
}

async function fetched(request: Request): Promise<Response> {
  const answer = await fetch(request)
  if (answer.ok) await keep(request, answer.clone())
  return answer
}

/** Of an older build nothing is kept once another page was answered. */
async function keep(request: Request, answer: Response): Promise<void> {
  const cache = await caches.open(shelf)
  await cache.put(request, answer)
  if (new URL(request.url).pathname !== '/') return
  const page = await (await cache.match(request))?.text()
  for (const known of await cache.keys()) {
    const { pathname } = new URL(known.url)
    if (pathname.startsWith('/assets/') && page?.includes(pathname) === false)
      await cache.delete(known)
  }
}

async function show(to: string): Promise<void> {
  const [client] = await worker.clients.matchAll({ type: 'window' })
  if (client === undefined) await worker.clients.openWindow(to)
  else await (await client.focus(), client.navigate(to))
}
