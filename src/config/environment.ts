/**
 * The environment variables that configure a node, each laid over the file's value. Pure.
 *
 * `AFK_NTFY_URL` is a whole channel in one line: `https://[user:password@]host/<topic>`; so is
 * `AFK_SLACK_WEBHOOK_URL`. `OTEL_EXPORTER_OTLP_ENDPOINT` is a collector's base, as OpenTelemetry says.
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
  ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', ['tracing', 'url']],
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
  const collector = env['OTEL_EXPORTER_OTLP_ENDPOINT']
  if (collector && tree['tracing'] === undefined)
    tree = put(tree, ['tracing', 'url'], `${collector.replace(/\/+$/, '')}/v1/traces`)
  for (const repo of (env['AFK_ALLOWLIST'] ?? '').split(',').map((text) => text.trim()))
    if (repo) tree = put(tree, ['loop', 'repos', repo], enrolled(tree, repo))
  if (env['AFK_NTFY_URL']) {
    const channel = ntfyFromUrl(env['AFK_NTFY_URL'], env['AFK_NTFY_TOKEN'])
    if (channel === null)
      problems.push({ path: 'AFK_NTFY_URL', line: null, message: 'must be https://HOST/TOPIC' })
    else tree = put(tree, ['channels', 'ntfy'], channel)
  }
  const webhookUrl = env['AFK_SLACK_WEBHOOK_URL']
  if (webhookUrl) tree = put(tree, ['channels', 'slack'], { type: 'slack', webhookUrl })
  return { tree, problems }
}

/** The variable that gave the value at a path, if one did. */
export function variableOf(path: string, env: Environment): string | undefined {
  return [...variables].find(([name, key]) => env[name] && key.join('.') === path)?.[0]
}

/** What the file says of a repository stays. */
function enrolled({ loop }: Tree, repo: string): unknown {
  const repos = isTree(loop) ? loop['repos'] : undefined
  return (isTree(repos) ? repos[repo] : undefined) ?? {}
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
  if (rest.length === 0) return { ...tree, [key]: value }
  const child = tree[key] ?? {}
  // Anything else is a mistake in the file, for the schema to find.
  return isTree(child) ? { ...tree, [key]: put(child, rest, value) } : tree
}

export function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
