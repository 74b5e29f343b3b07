/** The JWT by which an App says who it is (RS256), good for ten minutes from a minute ago. */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto'

import { GithubError } from './github-error.ts'

export type Claims = { readonly app: string; readonly now: number }

export function jwt(key: KeyObject, { app, now }: Claims): string {
  const seconds = Math.floor(now / 1_000)
  // GitHub takes no more than ten minutes, and clocks differ.
  const claims = { iat: seconds - 60, exp: seconds + 540, iss: app }
  const signed = [{ alg: 'RS256', typ: 'JWT' }, claims].map(encoded).join('.')
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`
}

/** PEM, as GitHub gives it out. @throws {GithubError} that says nothing of the key. */
export function privateKey(pem: string): KeyObject {
  let key: KeyObject
  try {
    key = createPrivateKey(pem)
  } catch {
    throw new GithubError('unauthorized', 'the private key of the GitHub App cannot be read as PEM')
  }
  if (key.asymmetricKeyType === 'rsa') return key
  throw new GithubError('unauthorized', 'the private key of the GitHub App is not an RSA key')
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url')
}
