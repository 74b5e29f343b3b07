/**
 * Opens each kind of link for real, and says what truly lands: the thread's, the issue's, the pull request's, and a
 * tap. Of each kind the newest is opened, from here, as whoever is logged in nowhere.
 *
 * What a phone sees cannot be seen from here; that is unproven, with what to do on the phone. No finding names an
 * address: one may hold a secret. Nothing is written.
 */
import type { z } from 'zod'

import type { Clock } from '../clock.ts'
import { enrolled } from '../config/enrolled.ts'
import { linkFaults } from '../config/link-faults.ts'
import { isLoopback } from '../config/loopback.ts'
import type { Config } from '../config/schema.ts'
import { bad, type Finding, good, unproven } from '../doorbell/finding.ts'
import { templateOf } from '../doorbell/link.ts'
import { pagesOf, type RunPage } from '../run/run-pages.ts'
import type { Run } from '../run/run.ts'
import type { FindingView } from '../server/schemas.ts'
import { findingView, inTime } from '../server/try-out.ts'
import type { Store } from '../store/store.ts'
import { openPage, type Opened } from './open-page.ts'
import { linksOf, tapOf } from './places.ts'
import { serverFindings, t3Servers, threadFindings } from './thread-links.ts'
import type { LandsAt } from './thread-pages.ts'

export type LinksTried = {
  readonly config: Config
  /** Null: it is a node's, and none answers: no link of a run is opened. */
  readonly store: Pick<Store, 'run' | 'listRuns' | 'list'> | null
  readonly landsAt: LandsAt
  readonly clock: Clock
}

type Found = Promise<readonly Finding[]>
type Told = LinksTried & { readonly runs: readonly Run[] }

/** A run that is older than so many says little of the links of now. */
const newest = 200

export async function tryLinks(parts: LinksTried): Promise<Array<z.infer<typeof FindingView>>> {
  const { config, store, clock } = parts
  const page = await store?.listRuns({ isLive: null, limit: newest, before: null })
  const told = { ...parts, runs: page?.runs.map(({ run }) => run) ?? [] }
  const tried: ReadonlyArray<readonly [string, Found]> = [
    ['links.template', Promise.resolve(ofTemplate(config))],
    ...t3Servers(config).map(
      (server) => ['links.baseUrl', serverFindings(server, config, clock)] as const,
    ),
    ['publicUrl', ofPublicUrl(config)],
    ...(store === null ? [] : ofRuns(told)),
  ]
  const found = tried.map(async ([about, findings]) =>
    (await inTime(findings, clock)).map((finding) => findingView(about, finding)),
  )
  return (await Promise.all(found)).flat()
}

function ofTemplate(config: Config): readonly Finding[] {
  const { baseUrl, template } = config.links
  const faults = linkFaults(config)
  if (faults.length > 0) return faults.map(({ what, mend }) => bad(what, mend))
  if (baseUrl === undefined)
    return [unproven('links.baseUrl is not set: rings have no link to a thread', setBase)]
  const [, scheme = 'http'] = /^([a-z][a-z0-9+.-]*):/i.exec(templateOf(template)) ?? []
  if (/^https?$/i.test(scheme)) return [good(`links lead to threads by ${template}`)]
  const what = `links lead to ${scheme}: an app on the phone opens them, and nothing else does`
  return [unproven(what, 'tap a ring on each phone, once; links.template: t3 opens in any browser')]
}

const setBase = 'set links.baseUrl to where threads live'

function ofRuns(told: Told) {
  return [
    ...threadLinks(told).map((found) => ['thread link', found] as const),
    ['issue link', ofPage('issue', told)] as const,
    ['pull request link', ofPage('pull-request', told)] as const,
    ['links.tap', ofTap(told)] as const,
  ]
}

/** Where they lead to no thread anyway, none is opened. */
function threadLinks(told: Told): readonly Found[] {
  const { config } = told
  if (config.links.baseUrl === undefined || linkFaults(config).length > 0) return []
  const servers = t3Servers(config).map(({ repos }) => repos)
  const others = enrolled(config.loop).repos.filter(({ executor }) => executor.type !== 't3')
  return [
    ...servers.map((repos) => ofThread(repos, told, true)),
    ...(others.length === 0
      ? []
      : [
          ofThread(
            others.map(({ name }) => name),
            told,
            false,
          ),
        ]),
  ]
}

async function ofThread(repos: readonly string[], told: Told, isInT3: boolean): Found {
  const theirs = told.runs.filter(({ issue }) => repos.includes(issue.repo))
  const page = newestOf('thread', theirs, told.config)
  if (page === null)
    return [unproven(`no run of ${repos.join(', ')} has a thread with a link yet`, again)]
  const { run, link } = page
  // What opens in an app cannot be opened here.
  if (!/^https?:/i.test(link)) return []
  if (isInT3) return threadFindings(run, link, told.landsAt)
  return [pageFinding(`the page of the thread of ${run.id}`, await openPage(link))]
}

type NewestPage = RunPage & { readonly run: Run }

function newestOf(is: RunPage['is'], runs: readonly Run[], config: Config): NewestPage | null {
  const links = linksOf(config)
  for (const run of runs)
    for (const page of pagesOf(run, links)) if (page.is === is) return { ...page, run }
  return null
}

const named = { issue: 'issue', 'pull-request': 'pull request' } as const

async function ofPage(is: keyof typeof named, { config, runs }: Told): Found {
  const page = newestOf(is, runs, config)
  if (page !== null)
    return [pageFinding(`the ${named[is]} of ${page.run.id}`, await openPage(page.link))]
  const comes = enrolled(config.loop).repos.some(({ tracker, merges }) =>
    is === 'issue' ? tracker.type === 'github' : merges !== 'nobody',
  )
  return comes ? [unproven(`no run has a page of its ${named[is]} yet`, again)] : []
}

const again = 'let one run, then afk doctor links'

/** A forge says of what is private that it is not there, to whoever is not logged in. */
function pageFinding(what: string, opened: Opened): Finding {
  if (opened.is === 'silent') return bad(`${what} does not answer: ${opened.why}`, look)
  const { status } = opened
  if (status >= 200 && status < 300) return good(`${what} answers ${status}`)
  if (status < 400 || [401, 403, 404].includes(status))
    return unproven(`${what} answers ${status} to whoever is not logged in`, logIn)
  return bad(`${what} answers ${status}`, look)
}

const look = 'open it in a browser: is the forge up, and does this machine reach it?'
const logIn = 'open it in the phone’s browser, and log in there once'

async function ofPublicUrl({ publicUrl }: Config): Found {
  if (publicUrl === undefined) return []
  const opened = await openPage(`${publicUrl.replace(/\/+$/, '')}/healthz`)
  const mend = 'correct publicUrl, or the proxy that leads from there to listen'
  if (opened.is === 'silent') return [bad(`/healthz does not answer: ${opened.why}`, mend)]
  const { status, text } = opened
  if (status !== 200 || !/"alive":\s*true/.test(text))
    return [bad(`what answers /healthz is not a node: HTTP ${status}`, mend)]
  const answers = good('/healthz answers from here')
  const isNear = isLoopback(new URL(publicUrl).hostname)
  return [answers, ...(isNear ? [unproven('it is this machine’s own, and no phone’s', mend)] : [])]
}

/** On the newest ring of the loop. */
async function ofTap({ config, store }: Told): Found {
  const tap = tapOf(config)
  if (tap === null) return []
  const page = await store?.list({ kind: null, state: null, limit: newest, before: null })
  const ring = page?.rings.find((each) => each.ring.key.startsWith('run:'))?.ring
  const run = ring && (await store?.run(ring.key.slice('run:'.length)))?.run
  if (ring === undefined || run === undefined)
    return [unproven('no run has rung yet: there is no tap to try', again)]
  const opened = await openPage(tap(ring.id))
  const what = `a tap on ${ring.id}`
  const mend = 'let the proxy pass GET /r/ to this node as it is, without a login'
  if (opened.is === 'silent') return [bad(`${what} is not answered: ${opened.why}`, mend)]
  const { status, location, text } = opened
  if (status === 404 && text.startsWith('This ring has no page'))
    return [unproven(`${what} has no page to go to now`, 'see what is said of the other links')]
  const lands = pagesOf(run, linksOf(config)).find(({ link }) => new URL(link).href === location)
  return status === 302 && lands !== undefined
    ? [good(`${what} leads to the ${lands.is.replace('-', ' ')}`)]
    : [bad(`${what} is answered ${status}, and not by this node`, mend)]
}
