/**
 * The page: the files that the build left in `dist/web`, and no others. They are read once, at the first question,
 * and answered from memory, packed where the browser takes that.
 *
 * What has a digest in its name never changes; all else is asked about each time. The policy lets the page run and
 * ask nothing but what comes from this node, and nobody frame it. Where nothing was built, `/` says how to.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Context, MiddlewareHandler } from 'hono'

export type Page = {
  has(path: string): boolean
  file(path: string): PageFile | undefined
}

type PageFile = {
  readonly type: string
  readonly body: Uint8Array<ArrayBuffer>
  /** Null: it would not be smaller. */
  readonly packed: Uint8Array<ArrayBuffer> | null
  readonly etag: string
  readonly isHashed: boolean
}

/** `folders`: the first of them that is there is served. */
export function page(folders: readonly string[]): Page {
  let files: ReadonlyMap<string, PageFile> | undefined
  const known = () => (files ??= readAll(folders))
  return {
    has: (path) => path === '/' || known().has(path),
    file: (path) => known().get(path),
  }
}

export function pageRoute({ file }: Pick<Page, 'file'>): MiddlewareHandler {
  return async (c, next) => {
    const found = file(c.req.path)
    if (found !== undefined) return answer(c, found)
    if (c.req.path !== '/') return next()
    return c.text('The page is not built. Build it with: npm run build\n', 503, fixed)
  }
}

function answer(c: Context, { type, body, packed, etag, isHashed }: PageFile): Response {
  const headers = {
    ...fixed,
    etag,
    vary: 'accept-encoding',
    'cache-control': isHashed ? 'public, max-age=31536000, immutable' : 'no-cache',
  }
  if (c.req.header('if-none-match') === etag) return c.body(null, 304, headers)
  const isPacked = packed !== null && /\bgzip\b/.test(c.req.header('accept-encoding') ?? '')
  return c.body(isPacked ? packed : body, 200, {
    ...headers,
    'content-type': type,
    ...(isPacked && { 'content-encoding': 'gzip' }),
  })
}

const policy = {
  'default-src': "'none'",
  'script-src': "'self'",
  'style-src': "'self'",
  'img-src': "'self' data:",
  'connect-src': "'self'",
  'manifest-src': "'self'",
  'worker-src': "'self'",
  'base-uri': "'none'",
  'form-action': "'self'",
  'frame-ancestors': "'none'",
}

const fixed = {
  'content-security-policy': Object.entries(policy)
    .map(([name, value]) => `${name} ${value}`)
    .join('; '),
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webmanifest': 'application/manifest+json',
}

/** What is of another type is no part of the page. */
function readAll(folders: readonly string[]): ReadonlyMap<string, PageFile> {
  const listed = folders.map((folder) => ({ folder, names: namesIn(folder) }))
  const { folder = '', names = [] } = listed.find((each) => each.names.length > 0) ?? {}
  return new Map(
    names.flatMap((name) => {
      const type = types[extname(name)]
      if (type === undefined) return []
      const path = name === 'index.html' ? '/' : `/${name}`
      return [[path, toFile(new Uint8Array(readFileSync(join(folder, name))), { type, path })]]
    }),
  )
}

/** Files alone, of the folder and of its assets: a link leads nowhere. */
function namesIn(folder: string): readonly string[] {
  return ['', 'assets/'].flatMap((below) =>
    filesIn(join(folder, below)).map((name) => below + name),
  )
}

function filesIn(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true })
    return entries.filter((entry) => entry.isFile()).map(({ name }) => name)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

function toFile(
  body: Uint8Array<ArrayBuffer>,
  { type, path }: { readonly type: string; readonly path: string },
): PageFile {
  const packed = new Uint8Array(gzipSync(body, { level: 9 }))
  return {
    type,
    body,
    packed: packed.length < body.length ? packed : null,
    etag: `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`,
    isHashed: path.startsWith('/assets/'),
  }
}
