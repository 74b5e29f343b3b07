/**
 * Whether links lead to the threads of the T3 Code servers that run the agents: to that server, its page, that thread.
 *
 * The server's own word tells whether it is the same one. Its page answers every address alike, so it is asked
 * whether it shows the thread, too. That a browser is paired cannot be seen from here, and is said.
 */
import type { Clock } from '../clock.ts'
import { enrolled } from '../config/enrolled.ts'
import { isLoopback } from '../config/loopback.ts'
import type { Config } from '../config/schema.ts'
import { bad, type Finding, good, unproven } from '../doorbell/finding.ts'
import { templateOf } from '../doorbell/link.ts'
import type { Run } from '../run/run.ts'
import { t3Client } from '../t3/client.ts'
import type { Environment } from '../t3/environment.ts'
import { T3Error } from '../t3/t3-error.ts'
import { openPage, type Opened } from './open-page.ts'
import type { LandsAt } from './thread-pages.ts'

export type T3Server = { readonly url: string; readonly repos: readonly string[] }

/** Each once, with the repositories whose agents it runs. */
export function t3Servers({ loop }: Pick<Config, 'loop'>): readonly T3Server[] {
  const servers = new Map<string, string[]>()
  for (const { name, executor } of enrolled(loop).repos)
    if (executor.type === 't3')
      servers.set(executor.url, [...(servers.get(executor.url) ?? []), name])
  return [...servers].map(([url, repos]) => ({ url, repos }))
}

/** Whether what is at `links.baseUrl` is this server. */
export async function serverFindings(
  { url, repos }: T3Server,
  { links: { baseUrl, template } }: Pick<Config, 'links'>,
  clock: Clock,
): Promise<readonly Finding[]> {
  if (baseUrl === undefined || !templateOf(template).startsWith('{baseUrl}')) return []
  const of = `the T3 Code server of ${repos.join(', ')}`
  const mend = `set links.baseUrl to where ${of} is reached from outside`
  const { hostname } = new URL(baseUrl)
  if (hostname === HOSTED)
    return [unproven(`links.baseUrl is the hosted app: ${onlyPaired} ${of}`, pair)]
  const [own, there] = await Promise.all([environmentAt(url, clock), environmentAt(baseUrl, clock)])
  if (own instanceof T3Error)
    return [bad(`${of} cannot be asked: ${own.message}`, 'start it, or correct the executor’s url')]
  if (there instanceof T3Error)
    return [bad(`no T3 Code server answers at links.baseUrl: ${there.message}`, mend)]
  if (own.id !== there.id)
    return [bad(`the link’s server is another one than ${of}: no thread of it is there`, mend)]
  const same = good(`links.baseUrl is ${of}`)
  const isNear = isLoopback(hostname)
  return [
    same,
    ...(isNear ? [unproven('links.baseUrl is this machine’s own, and no phone’s', mend)] : []),
  ]
}

/** Upstream's, for any server. */
const HOSTED = 'app.t3.codes'
const onlyPaired = 'a browser sees a thread there only where it has paired'
const pair = 'pair it on each phone, once, before the first tap'

async function environmentAt(url: string, clock: Clock): Promise<Environment | T3Error> {
  const client = t3Client({ url, token: () => '', clock })
  try {
    return await client.environment()
  } catch (error) {
    if (error instanceof T3Error) return error
    throw error
  } finally {
    await client.close()
  }
}

/** The page of the newest run's thread. `link`: http or https. */
export async function threadFindings(
  run: Run,
  link: string,
  landsAt: LandsAt,
): Promise<readonly Finding[]> {
  const [opened, lands] = await Promise.all([openPage(link), landsAt(run)])
  const what = `the thread of ${run.id}`
  const page = appFinding(`the page of ${what}`, opened)
  const thread = lands
    ? good(`T3 Code shows ${what}`)
    : unproven(
        `T3 Code does not show ${what}: it is archived or deleted, or the server cannot be asked`,
        'unarchive it there, or watch the next run: a link to what is not shown leads to the start page',
      )
  return page.type === 'good' ? [page, thread, paired] : [page, thread]
}

const paired = unproven(
  'whether a phone’s browser is paired with T3 Code cannot be seen from here; one that is not loses the link on its way through /pair',
  pair,
)

function appFinding(what: string, opened: Opened): Finding {
  if (opened.is === 'silent') return bad(`${what} does not answer: ${opened.why}`, reach)
  const { status, type } = opened
  const answers = `${what} answers ${status}${type === '' ? '' : ` ${type}`}`
  if (status === 200 && type === 'text/html') return good(`${answers}, T3 Code’s app`)
  if ((status >= 300 && status < 400) || status === 401 || status === 403)
    return unproven(`${answers}: something in front of T3 Code asks first`, login)
  return bad(`${answers}, and not T3 Code’s app`, build)
}

const reach = 'correct links.baseUrl, or the proxy in front of T3 Code'
const login = 'open it in the phone’s browser, and log in there once'
const build =
  'run a release of T3 Code, which has its web app with it, and let the proxy pass every path'
