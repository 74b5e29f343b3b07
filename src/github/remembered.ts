/**
 * What GitHub said, by address, for as long as its ETag holds. Pure bookkeeping.
 *
 * An entry belongs to one credential: another's would match by chance only. It holds so many entries and so
 * much text; what was not asked for the longest goes first.
 */
export type Page = {
  readonly etag: string
  /** Whose; never the token. */
  readonly credential: string
  readonly value: unknown
  /** The address of the page after it. */
  readonly next: string | null
  readonly bytes: number
}

export type Remembered = {
  recall(url: string, credential: string): Page | null
  keep(url: string, page: Page): void
  forget(url: string): void
}

export function remembered(most: { readonly entries: number; readonly bytes: number }): Remembered {
  const pages = new Map<string, Page>()
  let bytes = 0

  function drop(url: string) {
    bytes -= pages.get(url)?.bytes ?? 0
    pages.delete(url)
  }

  return {
    recall(url, credential) {
      const page = pages.get(url)
      if (page?.credential !== credential) return null
      pages.delete(url)
      pages.set(url, page)
      return page
    },
    forget: drop,
    keep(url, page) {
      drop(url)
      if (page.bytes > most.bytes) return
      pages.set(url, page)
      bytes += page.bytes
      for (const oldest of pages.keys()) {
        if (pages.size <= most.entries && bytes <= most.bytes) break
        drop(oldest)
      }
    },
  }
}
