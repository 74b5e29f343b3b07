/** What a T3 Code server says of itself, and of the token that asks. */
import * as z from 'zod'

import { ANOTHER_GENERATION } from './meaning.ts'
import { T3Error } from './t3-error.ts'

export type Environment = {
  /** Changes where its data are made anew. */
  readonly id: string
  readonly label: string
  readonly version: string
}

export type Session = {
  /** Null: the server does not know the token. */
  readonly scopes: readonly string[] | null
  /** By the server's clock; null: it does not say. */
  readonly expiresAt: number | null
}

const Descriptor = z.object({
  environmentId: z.string().min(1),
  label: z.string().catch(''),
  serverVersion: z.string().catch(''),
})

const SelfCheck = z.object({
  authenticated: z.boolean(),
  scopes: z.array(z.string()).catch([]),
  expiresAt: z.union([z.string(), z.number()]).nullish().catch(null),
})

/** @throws {T3Error} `unsupported` */
export function environmentIn(value: unknown): Environment {
  const { data } = Descriptor.safeParse(value)
  if (data === undefined) throw new T3Error('unsupported', ANOTHER_GENERATION)
  return { id: data.environmentId, label: data.label, version: data.serverVersion }
}

/** @throws {T3Error} `unsupported` */
export function sessionIn(value: unknown): Session {
  const { data } = SelfCheck.safeParse(value)
  if (data === undefined) throw new T3Error('unsupported', ANOTHER_GENERATION)
  const at = data.expiresAt == null ? Number.NaN : new Date(data.expiresAt).getTime()
  return {
    scopes: data.authenticated ? data.scopes : null,
    expiresAt: Number.isNaN(at) ? null : at,
  }
}
