/** Who writes when we do: a person whose token it is, or an App. */
import * as z from 'zod'

import { understood } from './understood.ts'

export type Self =
  | { readonly is: 'user'; readonly id: number }
  /** By its id or its client id. */
  | { readonly is: 'app'; readonly app: string }

const User = z.object({ id: z.int() })

/** Asked anew each time: the token may be another's by now. An installation cannot ask who it is. */
export function selfOf(get: (path: string) => Promise<unknown>, app: string | null) {
  return async (): Promise<Self> => {
    if (app !== null) return { is: 'app', app }
    return { is: 'user', id: understood(User, await get('/user'), 'GET /user').id }
  }
}
