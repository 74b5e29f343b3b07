/**
 * Who may do what on the stand-in, and how often: ntfy's logins and its two buckets.
 *
 * One visitor, as on loopback. The scheme is spelled `Bearer`; a wrong token is 401 and nobody is 403;
 * thirty failed logins lock out every credential, the right one too.
 */
import type { NtfyTokens } from './ntfy-server.ts'

export type Right = 'read' | 'write'

export type Gate = {
  /** The code of the error that ends the request, whatever it asks for; null: go on. */
  login(authorization: string | undefined): number | null
  allows(ask: { right: Right; topic: string; authorization: string | undefined }): boolean
  /** Takes a request token. False: there is none left. */
  spend(): boolean
}

export type GateOptions = { readonly tokens: NtfyTokens | null; readonly limited: boolean }

export function gate({ tokens, limited }: GateOptions): Gate {
  const requests = bucket(60, 5_000)
  const failures = bucket(30, 60_000)
  const everyone = tokens === null ? [] : [tokens.readWrite, tokens.writeOnly]

  return {
    login(authorization) {
      if (tokens === null || !isLogin(authorization)) return null
      if (failures.left() < 1) return 42909
      if (everyone.includes(tokenIn(authorization))) return null
      failures.take()
      return 40101
    },
    allows({ right, topic, authorization = '' }) {
      if (tokens === null) return true
      if (!topic.startsWith('protected-')) return false
      const token = tokenIn(authorization)
      return token === tokens.readWrite || (right === 'write' && token === tokens.writeOnly)
    },
    spend() {
      if (!limited) return true
      if (requests.left() < 1) return false
      requests.take()
      return true
    },
  }
}

/** Another scheme is no login at all. */
function isLogin(authorization: string | undefined): authorization is string {
  return /^(bearer|basic) /i.test(authorization ?? '')
}

function tokenIn(authorization: string): string {
  return /^Bearer +(\S+) *$/.exec(authorization)?.[1] ?? ''
}

function bucket(burst: number, everyMs: number) {
  let tokens = burst
  let at = Date.now()
  const left = () => {
    const now = Date.now()
    tokens = Math.min(burst, tokens + (now - at) / everyMs)
    at = now
    return tokens
  }
  return { left, take: () => void (tokens = left() - 1) }
}
