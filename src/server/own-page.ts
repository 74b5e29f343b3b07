/**
 * Whether a request comes from the page that the node itself serves, and not from another one that the same browser
 * shows. Pure.
 *
 * Both must hold: the header `x-afk-page`, which no form and no foreign page can send without being asked first
 * (Fetch standard, CORS preflight), and what the browser says of where it comes from: `Sec-Fetch-Site`, or an
 * `Origin` whose host is the one that was asked.
 */
type Headers = (name: string) => string | undefined

export function isOwnPage(header: Headers): boolean {
  return header('x-afk-page') === '1' && isSameOrigin(header)
}

function isSameOrigin(header: Headers): boolean {
  const site = header('sec-fetch-site')
  if (site !== undefined) return site === 'same-origin'
  const host = header('host')
  const origin = header('origin')
  return host !== undefined && origin?.replace(/^https?:\/\//, '') === host
}

/** Whether the browser spoke HTTPS, be it to a proxy in front of the node. */
export function isOverHttps(header: Headers): boolean {
  const isSecureOrigin = header('origin')?.startsWith('https://') ?? false
  return isSecureOrigin || header('x-forwarded-proto') === 'https'
}
