/**
 * A configured address, taken apart for an undici pool: where to connect, which path to ask for, and a
 * Basic credential if the address holds a user or a password (RFC 7617). Pure.
 */
export type Target = {
  readonly origin: string
  readonly path: string
  readonly authorization: Readonly<Record<string, string>>
}

/** Null: not an `http(s)` URL. */
export function targetOf(address: string): Target | null {
  const url = URL.canParse(address) ? new URL(address) : null
  if (url === null || !/^https?:$/.test(url.protocol)) return null
  const { origin, pathname, search, username, password } = url
  const login = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  const authorization = login === ':' ? {} : { authorization: `Basic ${base64(login)}` }
  return { origin, path: `${pathname}${search}`, authorization }
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}
