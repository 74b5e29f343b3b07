/**
 * The link that opens the agent's conversation. Pure.
 *
 * Every value that goes into a link is percent-encoded, so an agent's text can add neither a
 * parameter, a path segment nor a line. A link is `http`, `https` or a scheme its owner allowed;
 * anything else is refused with a `TypeError`, never shown. No thread, no link.
 */
import type { TerminalEvent } from './notification.ts'

/** What the vectors hold; the library's default only. A node takes its `links.baseUrl` from the configuration. */
export const DEFAULT_BASE_URL = 'https://t3.viktorbarzin.me'

/** Known templates, by name. `t3` is the web route of a T3 Code server; `thread-query` the library's default. */
export const LINK_TEMPLATES = Object.freeze({
  'thread-query': '{baseUrl}/?thread={threadId}',
  t3: '{baseUrl}/{environmentId}/{threadId}',
  't3-mobile': 't3code://threads/{environmentId}/{threadId}',
})

export type LinkFunction = (event: TerminalEvent, baseUrl: string) => string | null

/** A known template's name, a template of one's own, or a function. */
export type Link = keyof typeof LINK_TEMPLATES | (string & {}) | LinkFunction

export type LinkOptions = {
  /** Where the threads live, `http(s)`; slashes at its end do not count. */
  readonly baseUrl?: string
  readonly link?: Link
  /** Schemes allowed besides `http` and `https`, without the colon: `['t3code']`. */
  readonly schemes?: readonly string[]
}

export function linkFor(event: TerminalEvent, options: LinkOptions): string | null {
  const { baseUrl = DEFAULT_BASE_URL, link = 'thread-query', schemes = [] } = options
  const base = baseUrl.replace(/\/+$/, '')
  const made = typeof link === 'function' ? link(event, base) : fill(templateOf(link), event, base)
  return made === null ? null : safeLink(made, schemes)
}

/** The link as it may be shown. Throws a `TypeError` that does not repeat the link: it can hold a secret. */
export function safeLink(link: string, schemes: readonly string[] = []): string {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(link)?.[1]?.toLowerCase()
  const isAllowed = schemes.some((allowed) => allowed.toLowerCase() === scheme)
  if (!isAllowed && !/^https?:\/\//i.test(link))
    throw new TypeError(`a link must start with http:// or https://; got ${scheme ?? 'no scheme'}`)
  if (!URL.canParse(link) || unsafe.test(link)) throw new TypeError('a link must be a valid URL')
  return link
}

export function isSafeLink(link: string, schemes: readonly string[] = []): boolean {
  try {
    return safeLink(link, schemes) === link
  } catch (error) {
    if (error instanceof TypeError) return false
    throw error
  }
}

/** Throws a `TypeError` if the template has a brace that is not one of the known values, or one in its host. */
export function templateOf(link: string): string {
  const known = Object.entries(LINK_TEMPLATES).find(([name]) => name === link)
  const template = known?.[1] ?? link
  const rest = template.replace(placeholder, (_, name: string) =>
    values.some((value) => value === name) ? '' : `{${name}}`,
  )
  const [stray] = /\{[^}]*\}?|\}/.exec(rest) ?? []
  if (stray !== undefined)
    throw new TypeError(`unknown ${stray} in a link template; known: {${values.join('}, {')}}`)
  if (valueInHost.test(template))
    throw new TypeError('a value stands in the scheme or host of a link template, and must not')
  return template
}

/** There, what one thread's id or one repository's name gives is a link, and what another's gives is none. */
const valueInHost = /^\{baseUrl\}[^/?#]|^\{(?!baseUrl\})|^[^/?#{}]*:\/\/[^/?#]*\{/
const placeholder = /\{(\w+)\}/g
const values = ['baseUrl', 'threadId', 'environmentId', 'repo', 'number'] as const
const unsafe = /[\s"<>\\^`{|}\p{Cc}\p{Cf}\p{Cs}]/u

/** Null if the event lacks a value that the template needs, or if a value would walk up the path. */
function fill(template: string, event: TerminalEvent, baseUrl: string): string | null {
  const { threadId, environmentId, issue } = event
  if (!threadId) return null
  const { repo, number } = issue
  const facts = new Map(Object.entries({ threadId, environmentId, repo, number: String(number) }))
  const query = template.indexOf('?')
  const isUsable = ({ 1: name = '', index }: RegExpExecArray) => {
    if (name === 'baseUrl') return true
    const fact = facts.get(name)
    // In a path, dots walk up; in a query they are only dots.
    const walks = (fact === '.' || fact === '..') && (query === -1 || index < query)
    return Boolean(fact) && !walks
  }
  if (![...template.matchAll(placeholder)].every(isUsable)) return null
  return template.replace(placeholder, (_, name: string) =>
    name === 'baseUrl' ? baseUrl : encodeURIComponent((facts.get(name) ?? '').toWellFormed()),
  )
}
