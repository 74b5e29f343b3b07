/** What the docs give to those who watch over a node fits the node: the rules, the board, the page's own examples. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { parse } from 'yaml'
import * as z from 'zod'

import { commands } from '../src/cli/commands.ts'
import { bell, ringBody } from './bell.ts'
import { exposition } from './exposition.ts'
import { framesOf } from './follower.ts'
import { blocksOf, read, root } from './markdown.ts'
import { receiver, startedNode } from './node.ts'
import { until } from './until.ts'

const page = read('docs/observability.md')

/** By name: the labels that the node gives its series, and `le` for what is a histogram. */
async function exported(): Promise<ReadonlyMap<string, readonly string[]>> {
  const node = await bell()
  await node.post('/v1/rings', ringBody())
  await until('it is tried', () => node.events.some((each) => 'outcome' in each))
  const { names, family } = exposition(await (await node.get('/metrics')).text())
  const labels = names.map((name) => {
    const { type, metrics } = family(name)
    const own = metrics.flatMap((each) => Object.keys(each.labels))
    return [name, [...new Set(own), ...(type === 'HISTOGRAM' ? ['le'] : [])]] as const
  })
  return new Map(labels)
}

/** The metrics and labels that an expression names. */
function namedIn(expr: string) {
  const series = [...expr.matchAll(/\bafk_[a-z_]+/g)].map(([name]) => name)
  const metrics = series.map((name) => name.replace(/_(bucket|sum|count)$/, ''))
  const matched = [...expr.matchAll(/(\w+)=~?"/g)].map(([, label = '']) => label)
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(
    ([, list = '']) => list.match(/\w+/g) ?? [],
  )
  return { metrics, labels: [...matched, ...grouped] }
}

/** What Prometheus itself adds to every series. */
const ofTheScrape = ['job', 'instance']

async function expectKnown(exprs: readonly string[]) {
  const known = await exported()
  for (const expr of exprs) {
    const { metrics, labels } = namedIn(expr)
    expect([...known.keys()]).toEqual(expect.arrayContaining(metrics))
    const own = metrics.flatMap((name) => known.get(name) ?? [])
    expect([...ofTheScrape, ...own]).toEqual(expect.arrayContaining(labels))
  }
}

const Rules = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      rules: z.array(
        z.strictObject({
          alert: z.string().regex(/^Afk[A-Z]/),
          expr: z.string(),
          for: z.string(),
          labels: z.strictObject({ severity: z.enum(['critical', 'warning']) }),
          annotations: z.strictObject({ summary: z.string().max(80), description: z.string() }),
        }),
      ),
    }),
  ),
})

const UnitTests = z.object({
  tests: z.array(
    z.object({
      name: z.string(),
      alert_rule_test: z.array(
        z.object({ alertname: z.string(), exp_alerts: z.array(z.unknown()) }),
      ),
    }),
  ),
})

describe('the alert rules', () => {
  const { groups } = Rules.parse(parse(read('docs/prometheus/afk.rules.yml')))
  const rules = groups.flatMap((group) => group.rules)
  const alerts = rules.map(({ alert }) => alert)

  test('ask only for what a node exports', async () => {
    const exprs = rules.map(({ expr }) => expr)
    expect(exprs.filter((expr) => namedIn(expr).metrics.length > 0)).toHaveLength(exprs.length - 1)
    await expectKnown(exprs)
  })

  test.each(rules)('$alert says what to do, by a command or a place to look', ({ annotations }) => {
    expect(annotations.description).toMatch(/`afk |log/)
  })

  test('name commands that there are', () => {
    const words = rules.flatMap(({ annotations: { description } }) =>
      Array.from(description.matchAll(/`afk ([a-z]+)/g), ([, word = '']) => word),
    )
    expect(Object.keys(commands)).toEqual(expect.arrayContaining(words))
  })

  test('are each tested both ways: it fires, it stays silent', () => {
    const { tests } = UnitTests.parse(parse(read('docs/prometheus/afk.rules.test.yml')))
    const cases = tests.flatMap((each) => each.alert_rule_test)
    const having = (isFiring: boolean) => {
      const found = cases.filter(({ exp_alerts: { length } }) => length > 0 === isFiring)
      return new Set(found.map(({ alertname }) => alertname))
    }
    expect(having(true)).toEqual(new Set(alerts))
    expect(having(false)).toEqual(new Set(alerts))
  })

  test('are those of the page, with their severities', () => {
    const lines = page.matchAll(/^\| `(Afk\w+)` +\| (\w+) /gm)
    expect(Array.from(lines, ([, alert, severity]) => [alert, severity])).toEqual(
      rules.map(({ alert, labels }) => [alert, labels.severity]),
    )
  })
})

const Source = z.strictObject({ type: z.literal('prometheus'), uid: z.literal('${source}') })
const Place = z.strictObject({ x: z.int(), y: z.int(), w: z.int(), h: z.int() })
const Board = z.looseObject({
  id: z.null(),
  uid: z.literal('afk'),
  title: z.literal('AFK'),
  schemaVersion: z.int().min(36),
  time: z.object({ from: z.string(), to: z.string() }),
  templating: z.object({
    list: z.array(z.looseObject({ name: z.string(), type: z.enum(['datasource', 'query']) })),
  }),
  panels: z.array(
    z.looseObject({
      id: z.int().min(1),
      type: z.enum(['stat', 'timeseries']),
      title: z.string().min(1),
      description: z.string().min(1),
      datasource: Source,
      gridPos: Place,
      targets: z
        .array(
          z.looseObject({
            refId: z.string().regex(/^[A-Z]$/),
            datasource: Source,
            expr: z.string(),
          }),
        )
        .min(1),
    }),
  ),
})

describe('the board', () => {
  const board = Board.parse(JSON.parse(read('docs/grafana/afk.json')))
  const { panels } = board
  const exprs = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))

  test('asks only for what a node exports, and for all of it', async () => {
    await expectKnown(exprs)
    const asked = new Set(exprs.flatMap((expr) => namedIn(expr).metrics))
    expect([...asked].toSorted()).toEqual([...(await exported()).keys()].toSorted())
  })

  test('has panels that are told apart and do not overlap, within its 24 columns', () => {
    const distinct = <T>(all: readonly T[]) => expect(new Set(all).size).toBe(all.length)
    distinct(panels.map(({ id }) => id))
    distinct(panels.map(({ title }) => title))
    for (const { targets } of panels) distinct(targets.map(({ refId }) => refId))
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, i) => [x + (i % w), y + Math.floor(i / w)] as const),
    )
    distinct(cells.map(([x, y]) => `${x},${y}`))
    expect(cells.filter(([x, y]) => x < 0 || x > 23 || y < 0)).toEqual([])
  })

  test('uses the variables that it has, and no other', () => {
    const own = board.templating.list.map(({ name }) => name)
    const used = JSON.stringify(board).match(/\$\{?\w+/g) ?? []
    const names = used.map((each) => each.replace(/^\$\{?/, ''))
    expect(new Set(names.filter((name) => !name.startsWith('__')))).toEqual(new Set(own))
  })
})

describe('the page', () => {
  test('has a line for each metric that a node exports, with its type and labels', async () => {
    const node = await bell()
    const { family } = exposition(await (await node.get('/metrics')).text())
    const lines = page.matchAll(/^\| `(afk_\w+)` +\| (\w+) +\| (.*?) +\| /gm)
    const told = Array.from(lines, ([, name = '', type = '', labels = '']) => ({
      name,
      type: type.toUpperCase(),
      labels: labels.match(/\w+/g) ?? [],
    }))
    const all = await exported()
    expect(told.map(({ name }) => name).toSorted()).toEqual([...all.keys()].toSorted())
    for (const { name, type, labels } of told) {
      expect([name, type]).toEqual([name, family(name).type])
      expect([name, labels]).toEqual([name, all.get(name)?.filter((label) => label !== 'le')])
    }
  })

  test('has YAML that is YAML, with a scrape of the job that the rules and the board ask for', () => {
    const blocks = blocksOf(page).filter(({ language }) => language === 'yaml')
    expect(blocks.map(({ code }) => parse(code) as unknown)).toMatchObject([
      { scrape_configs: [{ job_name: 'afk', authorization: { credentials_file: /./ } }] },
    ])
  })

  /** The one block of a language, asking a node that is there; ended when the test is over. */
  async function following(language: string, command: readonly [string, ...string[]]) {
    const blocks = blocksOf(page).filter((each) => each.language === language)
    expect(blocks).toHaveLength(1)
    const [{ code } = { code: '' }] = blocks
    const far = await receiver()
    const { url } = await startedNode({ channels: { hook: far.channel } })
    const folder = join(root, 'test/.examples', `observability-${language}`)
    mkdirSync(folder, { recursive: true })
    const file = join(folder, `page.${language}`)
    // A shell that gives way to its command: what is ended is that.
    const start = language === 'sh' ? 'exec ' : ''
    writeFileSync(file, `${start}${code.replace('http://127.0.0.1:7333', url)}`)
    const child = spawn(command[0], [...command.slice(1), file], {
      env: { PATH: process.env['PATH'] ?? '' },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (part: string) => (said += part))
    const closed = new Promise((resolve) => child.once('close', resolve))
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await closed
      rmSync(folder, { recursive: true })
    })
    const post = async () => {
      const headers = { 'content-type': 'application/json' }
      const body = JSON.stringify(ringBody())
      const answer = await fetch(`${url}/v1/rings`, { method: 'POST', headers, body })
      return z.object({ id: z.string() }).parse(await answer.json()).id
    }
    return { post, said: () => said }
  }

  const hasCurl = spawnSync('curl', ['--version']).status === 0
  const withoutCurl = hasCurl ? '' : ' (skipped: no curl)'

  test.skipIf(!hasCurl)(`has a curl that shows what happens${withoutCurl}`, async () => {
    const { post, said } = await following('sh', ['bash', '-eu'])
    await until('it is connected', () => said().includes('id: '))
    const id = await post()
    await until('the delivery is told', () => said().includes('"delivery"'))
    const told = framesOf(said()).flatMap(({ id, data }) =>
      id === null || data === undefined ? [] : [data],
    )
    expect(told).toMatchObject([
      { type: 'ring', id },
      { type: 'delivery', ring: id },
    ])
  })

  test('has a client that reads all once it is connected, and then what changed', async () => {
    const { post, said } = await following('ts', [process.execPath])
    await until('it has read', () => said().includes('rings: []'))
    const id = await post()
    await until('both changes are told', () => said().split(`changed: ${id}`).length === 3)
    expect(said().split('rings: ')).toHaveLength(2)
  })
})
