/**
 * The environment variables that configure a node, each laid over the file's value. Pure.
 *
 * `AFK_NTFY_URL` is a whole channel in one line: `https://[user:password@]host/<topic>`.
 */
import { laterVariables } from './later.ts'
import type { Problem } from './problem.ts'

export type Environment = Readonly<Record<string, string | undefined>>

type Tree = { [key: string]: unknown }

export const variables: ReadonlyMap<string, readonly string[]> = new Map([
  ['AFK_LISTEN', ['listen']],
  ['AFK_PUBLIC_URL', ['publicUrl']],
  ['AFK_OPERATOR_TOKEN', ['tokens', 'operator']],
  ['AFK_RING_TOKEN', ['tokens', 'ring']],
  ['AFK_BASE_URL', ['links', 'baseUrl']],
  ['AFK_LOG', ['log']],
  ['AFK_KILL_SWITCH', ['loop', 'killSwitch']],
])

export function layEnvironment(file: Tree, env: Environment): { tree: Tree; problems: Problem[] } {
  const problems: Problem[] = laterVariables
    .filter((name) => env[name])
    .map((name) => ({
      path: name,
      line: null,
      message: 'is not supported by this version; unset it',
    }))
  let tree = file
  for (const [name, path] of variables) if (env[name]) tree = put(tree, path, env[name])
  for (const repo of (env['AFK_ALLOWLIST'] ?? '').split(',').map((text) => text.trim()))
    if (repo) tree = put(tree, ['loop', 'repos', repo], {})
  if (env['AFK_NTFY_URL']) {
    const channel = ntfyFromUrl(env['AFK_NTFY_URL'], env['AFK_NTFY_TOKEN'])
    if (channel === null)
      problems.push({ path: 'AFK_NTFY_URL', line: null, message: 'must be https://HOST/TOPIC' })
    else tree = put(tree, ['channels', 'ntfy'], channel)
  }
  return { tree, problems }
}

function ntfyFromUrl(text: string, token: string | undefined): Tree | null {
  const url = URL.canParse(text) ? new URL(text) : null
  const [, prefix, topic] = /^(.*\/)([^/]+)\/*$/.exec(url?.pathname ?? '') ?? []
  if (url === null || topic === undefined || !/^https?:$/.test(url.protocol)) return null
  url.pathname = prefix ?? '/'
  url.search = ''
  url.hash = ''
  return { type: 'ntfy', server: url.href, topic, ...(token && { token }) }
}

function put(tree: Tree, [key, ...rest]: readonly string[], value: unknown): Tree {
  if (key === undefined) return tree
  const child = tree[key]
  const below = isTree(child) ? child : {}
  return { ...tree, [key]: rest.length === 0 ? value : put(below, rest, value) }
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
