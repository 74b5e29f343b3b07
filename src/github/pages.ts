/**
 * Reads documents and lists, with what is remembered of them.
 *
 * A list ends where GitHub names no next page; a full one is asked for anew each time. A next page elsewhere, one that is not there or was read already,
 * or more than a hundred of them is no list, and `unreachable`.
 */
import { GithubError } from './github-error.ts'
import { nextIn } from './link.ts'
import { type Page, remembered } from './remembered.ts'
import type { Requests } from './requests.ts'

/** `isUrgent`: whether it goes before all that waits. */
export type Read = (url: URL, isUrgent?: () => boolean) => Promise<ReadPage>

type ReadPage = Pick<Page, 'value' | 'next'> & {
  /** Where it came from in the end. */
  readonly from: URL
  /** The next read of it is not answered from memory. */
  readonly forget: () => void
}

const memory = { entries: 5_000, bytes: 64 * 1024 * 1024 }
const mostPages = 100

export function reading(request: Requests['request'], most = memory): Read {
  const known = remembered(most)
  return async (url, isUrgent) => {
    let held: Page | null = null
    const etag = (place: URL, credential: string) => {
      held = known.recall(place.href, credential)
      return held === null || mayGoOn(held, place) ? null : held.etag
    }
    const asked = { method: 'GET', url, etag, ...(isUrgent && { isUrgent }) } as const
    const { said, answer, credential, url: from } = await request(asked)
    const forget = () => known.forget(from.href)
    if (said === null) return { ...stillHeld(held, url), from, forget }
    const { value } = said
    const page = { value, next: nextIn(answer.header('link')) }
    const tag = answer.header('etag')
    const bytes = answer.text.length
    if (tag !== null) known.keep(from.href, { ...page, etag: tag, credential, bytes })
    return { ...page, from, forget }
  }
}

/** A last page that is full is the same page, with the same ETag, once there is another after it. */
function mayGoOn({ value, next }: Page, { searchParams }: URL): boolean {
  const full = Number(searchParams.get('per_page') ?? 30)
  return next === null && Array.isArray(value) && value.length >= full
}

function stillHeld(held: Page | null, url: URL): Page {
  if (held !== null) return held
  throw new GithubError('unreachable', `GitHub answered GET ${url.pathname} with 304, unasked`)
}

export type Listed = {
  readonly items: readonly unknown[]
  /** How many there are, by GitHub's own count; null: it does not say. */
  readonly total: number | null
  /** GitHub led elsewhere for it. */
  readonly isMoved: boolean
}

/** `key`: where each page has its items; null: it is the list itself. */
export async function allPages(first: URL, read: Read, key: string | null): Promise<Listed> {
  const items: unknown[] = []
  const seen = new Set<string>()
  let total: number | null = null
  let isMoved = false
  let before: ReadPage | null = null
  for (let url: URL | null = first; url !== null;) {
    if (seen.has(url.href) || seen.size >= mostPages)
      throw new GithubError('unreachable', `the pages of GET ${first.pathname} do not end`)
    seen.add(url.href)
    const page: ReadPage = before === null ? await read(url) : await named(url, read, before)
    const { value, next, from } = page
    isMoved ||= from.href !== url.href
    items.push(...itemsOf(value, { key, url }))
    total = totalOf(value)
    before = page
    url = next === null ? null : nextPage(next, first)
  }
  return { items, total, isMoved }
}

/** A page that GitHub names is not gone, whatever it says: the list is cut short. */
async function named(url: URL, read: Read, by: ReadPage): Promise<ReadPage> {
  try {
    return await read(url)
  } catch (error) {
    if (!(error instanceof GithubError) || error.code !== 'gone') throw error
    by.forget()
    const message = `a page that GitHub named is not there: ${error.message}`
    throw new GithubError('unreachable', message)
  }
}

function itemsOf(value: unknown, { key, url }: { key: string | null; url: URL }): unknown[] {
  const items = key === null ? value : fieldOf(value, key)
  if (Array.isArray(items)) return items
  throw new GithubError('unreachable', `GitHub answered GET ${url.pathname} with no list`)
}

function totalOf(value: unknown): number | null {
  const total = fieldOf(value, 'total_count')
  return typeof total === 'number' ? total : null
}

function fieldOf(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([name]) => name === key)?.[1]
}

function nextPage(next: string, first: URL): URL {
  const url = URL.parse(next, first.href)
  if (url?.origin === first.origin) return url
  throw new GithubError(
    'unreachable',
    `the next page of GET ${first.pathname} is on another origin, where no token goes`,
  )
}
