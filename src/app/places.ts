/** What a configuration says of where things are: links, and the spool. Pure. */
import type { Config } from '../config/schema.ts'
import type { LinkOptions } from '../doorbell/link.ts'

/** Links to threads only where it is configured where threads live. */
export function linksOf({ links }: Config): LinkOptions {
  const { baseUrl, template, schemes } = links
  return baseUrl === undefined
    ? { link: () => null, schemes }
    : { baseUrl, link: template, schemes }
}

/** The link of a ring by its id, where a tap on it goes by this node; null: rings carry their page's own. */
export function tapOf({ publicUrl, links: { tap } }: Config): ((ring: string) => string) | null {
  if (!tap || publicUrl === undefined) return null
  const base = publicUrl.replace(/\/+$/, '')
  return (ring) => `${base}/r/${ring}`
}

/** In words, for a person. */
export function threadLinks({ links: { baseUrl, template } }: Config): string {
  if (baseUrl === undefined) return 'none: links.baseUrl is not set (AFK_BASE_URL)'
  return `by ${template}, below ${new URL(baseUrl).origin}`
}

/** Where worktrees, turns and checks are kept: beside the store. */
export function loopFolder({ store }: Config): string {
  return `${store.path.replace(/[^/]*$/, '') || './'}loop`
}

/** Beside the store. */
export function spoolFolder({ store }: Config): string {
  return `${store.path.replace(/[^/]*$/, '') || './'}spool`
}

/** Where the build leaves the page: beside the bundle, which `code` is the folder of, or of the sources. */
export function webFolders(code: string): readonly string[] {
  return [`${code}/web`, `${code}/../dist/web`]
}
