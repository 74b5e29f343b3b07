/**
 * The routes of a session: begin one with the operator's token, ask whether there is one, end it.
 *
 * All but asking is refused to any page but the node's own. A wrong token is 401; where too many were tried it is 429
 * with the seconds to wait. The cookie is none that a script could read, and goes to this node alone. Where the
 * node has no tokens nobody needs to sign in, and no session is begun.
 */
import { type Context, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { z } from 'zod'

import { ApiError } from '../errors.ts'
import type { Asked, Tokens } from './auth.ts'
import { isOverHttps, isOwnPage } from './own-page.ts'
import { parseWith, readJson } from './read-body.ts'
import { SignInBody, type SessionView } from './schemas.ts'
import { SESSION_MS, type Sessions } from './sessions.ts'

export type SignInRoutes = { readonly tokens: Tokens; readonly sessions: Sessions }

export const SESSION_COOKIE = 'afk_session'

export function signInRoutes({ tokens, sessions }: SignInRoutes) {
  const { operator } = tokens
  const isNeeded = operator !== undefined || tokens.ring !== undefined
  const view = (signedIn: boolean): z.infer<typeof SessionView> => ({ needed: isNeeded, signedIn })

  return new Hono<Asked>()
    .get('/', (c) => {
      const id = getCookie(c, SESSION_COOKIE)
      return c.json(view(id !== undefined && sessions.holds(id, operator)))
    })
    .post('/', async (c) => {
      if (!isNeeded) return c.json(view(false))
      assertOwnPage(c)
      const { token } = parseWith(SignInBody, await readJson(c), 'invalid_body')
      const begun = sessions.begin(token, operator)
      if (begun.type === 'wrong') throw new ApiError('wrong_token')
      if (begun.type === 'wait') throw new ApiError('too_many_tries', [], begun.seconds)
      setCookie(c, SESSION_COOKIE, begun.id, { ...cookieFor(c), maxAge: SESSION_MS / 1_000 })
      return c.json(view(true))
    })
    .delete('/', (c) => {
      const id = getCookie(c, SESSION_COOKIE)
      if (isNeeded) assertOwnPage(c)
      if (id !== undefined) sessions.end(id)
      deleteCookie(c, SESSION_COOKIE, cookieFor(c))
      return c.json(view(false))
    })
}

/** Throws where the request comes from a page of somebody else's. */
export function assertOwnPage(c: Context): void {
  if (!isOwnPage((name) => c.req.header(name))) throw new ApiError('foreign_page')
}

function cookieFor(c: Context) {
  const secure = isOverHttps((name) => c.req.header(name))
  return { path: '/', httpOnly: true, sameSite: 'Strict', secure } as const
}
