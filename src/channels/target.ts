/**
 * A configured address, taken apart for an undici pool: where to connect, which path to ask for, and a
 * Basic credential if the address holds a user or a password (RFC 7617). Pure.
 */
export type Target = {
  readonly origin: string
  readonly path: string
  readonly authorization: Readonly<Record<string, string>>
}

/** Null: not an `http(s)` URL, or its user or password cannot be read. */
export function targetOf(address: string): Target | null {
  const url = URL.canParse(address) ? new URL(address) : null
  if (url === null || !/^https?:$/.test(url.protocol)) return null
  const { origin, pathname, search, username, password } = url
  const [user, word] = [decoded(username), decoded(password)]
  if (user === null || word === null) return null
  const login = `${user}:${word}`
  const authorization = login === ':' ? {} : { authorization: `Basic ${base64(login)}` }
  return { origin, path: `${pathname}${search}`, authorization }
}

/** Null: a `%` in it begins no escape. */
function decoded(text: string): string | null {
  try {
    return decodeURIComponent(text)
  } catch {
    return null
  }
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}
