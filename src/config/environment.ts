/**
 * The environment variables that configure a node, each laid over the file's value. Pure.
 *
 * `AFK_NTFY_URL` is a whole channel in one line: `https://[user:password@]host/<topic>`; so is
 * `AFK_SLACK_WEBHOOK_URL`. `OTEL_EXPORTER_OTLP_ENDPOINT` is a collector's base, as OpenTelemetry says.
 */
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
  ['AFK_READY_LABEL', ['loop', 'readyLabel']],
  ['AFK_IN_PROGRESS_LABEL', ['loop', 'inProgressLabel']],
  ['AFK_BUDGET_USD', ['loop', 'defaults', 'limits', 'costUsd']],
  ['AFK_FIX_FORWARD_MAX_ATTEMPTS', ['loop', 'defaults', 'limits', 'fixForwardAttempts']],
])

export function layEnvironment(file: Tree, env: Environment): { tree: Tree; problems: Problem[] } {
  const problems: Problem[] = []
  let tree = file
  for (const [name, path] of variables) if (env[name]) tree = put(tree, path, env[name])
  const seconds = env['AFK_FIX_FORWARD_MAX_SECONDS']
  if (seconds) {
    // The file counts in minutes; what is no number is for the schema to find.
    const minutes = /^\d{1,9}$/.test(seconds) ? String(Math.ceil(Number(seconds) / 60)) : seconds
    tree = put(tree, ['loop', 'defaults', 'limits', 'fixForwardMinutes'], minutes)
  }
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
  const known = [...variables, ...derived]
  return known.find(([name, key]) => env[name] && key.join('.') === path)?.[0]
}

/** Made of a variable, and not its value. */
const derived: ReadonlyArray<readonly [string, readonly string[]]> = [
  ['OTEL_EXPORTER_OTLP_ENDPOINT', ['tracing', 'url']],
  ['AFK_SLACK_WEBHOOK_URL', ['channels', 'slack', 'webhookUrl']],
  ['AFK_FIX_FORWARD_MAX_SECONDS', ['loop', 'defaults', 'limits', 'fixForwardMinutes']],
]

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
