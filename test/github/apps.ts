/** A GitHub App, with the bot that writes in its name. */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'

import type { App } from './model.ts'
import { type State, userOf } from './state.ts'

export function newApp(state: State, slug: string, id = state.nextId()): App {
  const made: App = {
    id,
    clientId: `Iv23li${id}`,
    slug,
    owner: userOf(state, `${slug}-owner`),
    bot: userOf(state, `${slug}[bot]`, 'Bot'),
  }
  state.apps.push(made)
  return made
}

export type AppKeys = { readonly privateKey: string; readonly publicKey: KeyObject }

const made = new WeakMap<App, AppKeys>()

/** Drawn when it is first asked for: it takes a while. PKCS#1, as GitHub gives it. */
export function keysOf(app: App): AppKeys {
  const known = made.get(app)
  if (known !== undefined) return known
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
  const pem = String(privateKey.export({ type: 'pkcs1', format: 'pem' }))
  const keys = { privateKey: pem, publicKey }
  made.set(app, keys)
  return keys
}
