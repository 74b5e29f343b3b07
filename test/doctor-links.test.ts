/**
 * A doctor of links over HTTP: a node whose agents are in T3 Code, a run with a thread, an issue and a pull request,
 * and what it says when something between a ring and its page is wrong. No address and no secret is in any of it.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

import { DoctorView } from '../src/server/schemas.ts'
import { afk } from './afk.ts'
import { closedPort, listen } from './listen.ts'
import { startedNode } from './node.ts'
import { newRing } from './rings.ts'
import { baseOfRun, commit } from './runs.ts'
import { open as openT3 } from './t3/open.ts'
import { operator, t3Ground } from './t3-node.ts'
import { openStore } from './temporary.ts'

const headers = { authorization: `Bearer ${operator}` }

/** What stands in front of a server: it lets all through, but for what it is told to answer itself. */
async function front(to: string | null) {
  const own = new Map<RegExp, readonly [number, Readonly<Record<string, string>>]>()
  const at = { to }
  const url = await listen((req, res) => {
    const path = req.url ?? ''
    const [, answer] = [...own].findLast(([pattern]) => pattern.test(path)) ?? []
    if (answer !== undefined) return void res.writeHead(...answer).end()
    void fetch(`${at.to}${path}`, { redirect: 'manual' }).then(async (given) => {
      const text = await given.text()
      res.writeHead(given.status, Object.fromEntries(given.headers)).end(text)
    })
  })
  const answers = (path: RegExp, status: number, more: Readonly<Record<string, string>> = {}) =>
    void own.set(path, [status, more])
  return { url, at, answers }
}

type Wish = {
  readonly links?: object
  /** Default: in front of the node. */
  readonly publicUrl?: string
  /** There was none. */
  readonly isNew?: boolean
}

/** A disarmed node, and a run of it that waits for a review. */
async function ground(wish: Wish = {}) {
  const { t3, folder, channels, tree } = await t3Ground()
  const app = await front(t3.url)
  const [forge, gate] = [await front(null), await front(null)]
  forge.answers(/issues|pull/, 200)
  const project = t3.people.createProject(tree.loop.repos.infra.path)
  const threadId = t3.people.createThread({ project })
  if (wish.isNew !== true) {
    mkdirSync(join(folder, '.afk'))
    const store = openStore({ path: join(folder, '.afk/afk.db') })
    await store.queueRun({
      ...baseOfRun(),
      threadId,
      environmentId: t3.environmentId,
      issue: { repo: 'infra', number: 42, url: `${forge.url}/issues/42` },
      state: 'done',
      commit,
      passed: [],
      request: { number: 7, url: `${forge.url}/pull/7` },
      endedAt: 0,
    })
    await store.accept([newRing({ key: 'run:run_1', source: 'loop' })])
    await store.close()
  }
  const { publicUrl = gate.url } = wish
  const links = { baseUrl: app.url, template: 't3', tap: true, ...wish.links }
  const more = { ...tree, loop: { ...tree.loop, killSwitch: true }, links, publicUrl }
  const node = await startedNode({ folder, channels, more })
  gate.at.to = node.url
  return { t3, app, forge, gate, threadId, more, ...node, found: () => found(node.url, t3.token) }
}

type Findings = ReturnType<typeof DoctorView.parse>['findings']

async function found(url: string, token: string): Promise<Findings> {
  const body = JSON.stringify({ links: true })
  const answer = await fetch(`${url}/v1/doctor`, { method: 'POST', headers, body })
  const { findings } = DoctorView.parse(await answer.json())
  const text = JSON.stringify(findings)
  for (const secret of [operator, token, 'http://']) expect(text).not.toContain(secret)
  return findings
}

const brief = (findings: Findings) => findings.map(({ about, type }) => `${type} ${about}`)

const of = (findings: Findings, name: string) =>
  findings.filter(({ about }) => about === name).map(({ type, what }) => `${type}: ${what}`)

test('each kind of link is opened, and what only a phone can show is unproven, with what to do', async () => {
  const { found: asked, t3 } = await ground()
  const findings = await asked()
  expect(brief(findings)).toEqual([
    'good links.template',
    'good links.baseUrl',
    'unproven links.baseUrl',
    'good publicUrl',
    'unproven publicUrl',
    'good thread link',
    'good thread link',
    'unproven thread link',
    'good issue link',
    'good pull request link',
    'good links.tap',
  ])
  expect(of(findings, 'thread link')).toEqual([
    'good: the page of the thread of run_1 answers 200 text/html, T3 Code’s app',
    'good: T3 Code shows the thread of run_1',
    expect.stringMatching(/paired .* loses the link on its way through \/pair$/),
  ])
  expect(findings.find(({ what }) => what.includes('/pair'))?.mend).toMatch(/pair it on each phone/)
  expect(of(findings, 'links.tap')).toEqual([expect.stringMatching(/^good: .* to the thread$/)])
  expect(t3.commands()).toEqual([])
})

test('a base URL at another T3 Code server is bad: its threads are elsewhere', async () => {
  const { t3: other } = await openT3()
  const { found: asked } = await ground({ links: { baseUrl: other.url } })
  expect(of(await asked(), 'links.baseUrl')).toEqual([
    'bad: the link’s server is another one than the T3 Code server of infra: no thread of it is there',
  ])
})

test.each([
  ['nobody answers', closedPort, 'ECONNREFUSED'],
  ['something else answers', () => listen((_, res) => void res.end('hello')), 'no T3 Code server'],
])('a base URL where %s is bad', async (_, server, why) => {
  const { found: asked } = await ground({ links: { baseUrl: await server() } })
  expect(of(await asked(), 'links.baseUrl')).toEqual([
    expect.stringMatching(new RegExp(`^bad: no T3 Code server answers .*${why}`)),
  ])
})

test.each([
  ['thread-query', 'bad', /opens a new draft/],
  ['{baseUrl}/threads/{threadId}', 'bad', /has no \{environmentId\}/],
  ['t3-mobile', 'unproven', /^links lead to t3code: an app on the phone/],
])('the template %s is %s, and no page is opened for it', async (template, type, what) => {
  const links = { template, schemes: ['t3code'] }
  const { found: asked, app } = await ground({ links })
  app.answers(/./, 500)
  const findings = await asked()
  expect(findings[0]).toMatchObject({ about: 'links.template', type, mend: expect.any(String) })
  expect(findings[0]?.what).toMatch(what)
  expect(of(findings, 'thread link')).toEqual([])
})

const page = /thread|t1|[0-9a-f]{8}-/

test.each([
  ['has no web app', ({ t3 }: Ground) => void (t3.settings.hasWeb = false), 'bad', /503 text\/pl/],
  ['fails', ({ app }: Ground) => app.answers(page, 502), 'bad', /answers 502, and not T3 Code/],
  ['asks for a login', ({ app }: Ground) => app.answers(page, 401), 'unproven', /asks first/],
  [
    'sends to a login',
    ({ app }: Ground) => app.answers(page, 302, { location: 'https://sso.test/?secret' }),
    'unproven',
    /answers 302: something in front/,
  ],
])('a thread’s page whose server %s is told apart', async (_, change, type, what) => {
  const stand = await ground()
  change(stand)
  const [first = '', second, ...more] = of(await stand.found(), 'thread link')
  expect([first.startsWith(`${type}: `), first]).toEqual([true, expect.stringMatching(what)])
  expect([second, more]).toEqual(['good: T3 Code shows the thread of run_1', []])
})

type Ground = Awaited<ReturnType<typeof ground>>

test('a thread that was put away is told, though its page answers', async () => {
  const { t3, threadId, found: asked } = await ground()
  t3.people.archive(threadId)
  const findings = await asked()
  expect(of(findings, 'thread link')[1]).toMatch(/^unproven: T3 Code does not show the thread of/)
  expect(of(findings, 'links.tap')).toEqual([expect.stringMatching(/^good: .* to the issue$/)])
})

test.each([
  [404, 'unproven', /answers 404 to whoever is not logged in/],
  [302, 'unproven', /answers 302 to whoever/],
  [500, 'bad', /answers 500$/],
])('a forge that answers %s is %s', async (status, type, what) => {
  const { forge, found: asked } = await ground()
  forge.answers(/issues/, status)
  const findings = await asked()
  expect(of(findings, 'issue link')).toEqual([expect.stringMatching(what)])
  expect(brief(findings)).toContain(`${type} issue link`)
  expect(brief(findings)).toContain('good pull request link')
})

test.each([
  ['nobody answers', closedPort, /^bad: \/healthz does not answer: ECONNREFUSED/],
  ['something else answers', () => listen((_, res) => void res.end('hi')), /^bad: .* not a node/],
])('a public URL where %s is bad, and so is a tap', async (_, server, what) => {
  const { found: asked } = await ground({ publicUrl: await server() })
  const findings = await asked()
  expect(of(findings, 'publicUrl')).toEqual([expect.stringMatching(what)])
  expect(of(findings, 'links.tap')).toEqual([expect.stringMatching(/^bad: a tap on/)])
})

test('a proxy that lets no tap through is bad', async () => {
  const { gate, found: asked } = await ground()
  gate.answers(/^\/r\//, 401)
  const findings = await asked()
  expect(of(findings, 'publicUrl')[0]).toMatch(/^good/)
  expect(of(findings, 'links.tap')).toEqual([expect.stringMatching(/^bad: .* is answered 401/)])
})

test('a tap that leads elsewhere is bad', async () => {
  const { gate, found: asked } = await ground()
  gate.answers(/^\/r\//, 302, { location: 'https://evil.test/' })
  expect(of(await asked(), 'links.tap')).toEqual([expect.stringMatching(/^bad: /)])
})

test('before the first run nothing is bad, and what is missing is said', async () => {
  const { found: asked } = await ground({ isNew: true })
  const findings = await asked()
  expect(brief(findings)).not.toContainEqual(expect.stringMatching(/^bad/))
  expect(of(findings, 'thread link')).toEqual([
    'unproven: no run of infra has a thread with a link yet',
  ])
  expect(of(findings, 'links.tap')).toEqual([
    'unproven: no run has rung yet: there is no tap to try',
  ])
})

test('the command says it in a line for each, and is exit 1 only where something is bad', async () => {
  const { env, forge } = await ground()
  const asked = () => afk(['doctor', 'links'], { env: { ...env, AFK_TOKEN: operator } })
  const { code, out } = await asked()
  expect(code).toBe(0)
  expect(out).toMatch(/^ok {3}thread link: /m)
  expect(out).toMatch(/^\? {4}thread link: .* -> pair it on each phone/m)
  expect(out).not.toMatch(/^\S+ +store: /m)
  forge.answers(/issues/, 500)
  expect((await asked()).code).toBe(1)
  expect((await afk(['doctor', 'lniks'], { env })).code).toBe(2)
})

test('without a node the command opens what the configuration names, and says that no run is known', async () => {
  const { more, folder, gate, stop } = await ground()
  await stop()
  const config = join(folder, 'afk.yaml')
  writeFileSync(config, JSON.stringify(more))
  const env = { AFK_URL: await closedPort() }
  gate.at.to = env.AFK_URL
  gate.answers(/./, 502)
  const { code, out } = await afk(['doctor', 'links', '--config', config], { env })
  expect([code, out.split('\n').map((line) => line.replace(/:.*/, ''))]).toEqual([
    1,
    [
      'BAD  node',
      'ok   links.template',
      'ok   links.baseUrl',
      '?    links.baseUrl',
      'BAD  publicUrl',
      '?    links',
    ],
  ])
})
