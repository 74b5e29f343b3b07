import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { parse } from 'yaml'

import { ringBody } from '../bell.ts'
import { read, root } from '../markdown.ts'
import { receiver, startedNode } from '../node.ts'
import { promtool, promtoolBinary } from '../promtool.ts'
import { temporaryFolder } from '../temporary.ts'
import { until } from '../until.ts'

const binary = promtoolBinary()
const name =
  binary === null ? 'skipped: no promtool (scripts/fetch-peers.sh)' : 'as Prometheus itself judges'

const rules = 'docs/prometheus/afk.rules.yml'
const unitTests = 'docs/prometheus/afk.rules.test.yml'

const Rule = z.looseObject({ alert: z.string(), expr: z.string() })
const Rules = z.looseObject({ groups: z.array(z.looseObject({ rules: z.array(Rule) })) })

describe.skipIf(binary === null)(`${name}`, () => {
  const judge = (argv: readonly string[], stdin?: string) => promtool(binary ?? '', argv, stdin)

  test('a node’s metrics are right, before and after all kinds of tries', async () => {
    const [good, bad, shut] = await Promise.all([receiver(), receiver(), receiver()])
    bad.answer(400)
    shut.answer(401)
    const channels = { good: good.channel, bad: bad.channel, shut: shut.channel }
    const { url, events } = await startedNode({ channels })
    const metrics = async () => (await fetch(`${url}/metrics`)).text()
    expect(await judge(['check', 'metrics'], await metrics())).toEqual({ code: 0, said: '' })
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify(ringBody())
    await fetch(`${url}/v1/rings`, { method: 'POST', headers, body })
    await until('all are tried', () => events.filter((each) => 'outcome' in each).length >= 3)
    expect(await judge(['check', 'metrics'], await metrics())).toEqual({ code: 0, said: '' })
  })

  test('metrics that are wrong are found', async () => {
    expect(await judge(['check', 'metrics'], 'afk_armed{ 1\n')).toMatchObject({ code: 1 })
  })

  test('the alert rules are right', async () => {
    const { code, said } = await judge(['check', 'rules', rules])
    expect([code, said]).toEqual([0, expect.stringMatching(/SUCCESS: 7 rules found/)])
  })

  test('each rule fires where it must, and stays silent where it must not', async () => {
    const { code, said } = await judge(['test', 'rules', unitTests])
    expect([code, said]).toEqual([0, expect.stringContaining('SUCCESS')])
  })

  const tree = Rules.parse(parse(read(rules)))
  const alerts = tree.groups.flatMap((group) => group.rules)

  /** How the unit tests end where one rule is another. */
  async function tested(alert: string, expr: string): Promise<number | null> {
    const groups = tree.groups.map((group) => ({
      ...group,
      rules: group.rules.map((rule) => (rule.alert === alert ? { ...rule, expr } : rule)),
    }))
    const folder = temporaryFolder()
    cpSync(join(root, unitTests), join(folder, 'afk.rules.test.yml'))
    writeFileSync(join(folder, 'afk.rules.yml'), JSON.stringify({ groups }))
    return (await judge(['test', 'rules', join(folder, 'afk.rules.test.yml')])).code
  }

  test.each(alerts)('an $alert that always fires, or never does, is found', async (rule) => {
    const { alert, expr } = rule
    expect(await tested(alert, expr)).toBe(0)
    expect(await tested(alert, `vector(1)`)).toBe(1)
    expect(await tested(alert, `(${expr}) and vector(0) > 1`)).toBe(1)
  })

  test('the board asks what Prometheus understands', async () => {
    const board = z
      .object({
        panels: z.array(
          z.object({ title: z.string(), targets: z.array(z.object({ expr: z.string() })) }),
        ),
      })
      .parse(JSON.parse(readFileSync(join(root, 'docs/grafana/afk.json'), 'utf8')))
    const asked = board.panels.flatMap(({ title, targets }) =>
      targets.map(({ expr }, index) => ({
        record: `panel:${title.replace(/\W/g, '_')}_${index}`,
        expr: expr.replaceAll(/\$__(rate_)?interval/g, '5m').replaceAll('$job', 'afk'),
      })),
    )
    const file = join(temporaryFolder(), 'board.yml')
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'board', rules: asked }] }))
    expect(await judge(['check', 'rules', file])).toMatchObject({ code: 0 })
    expect(asked.length).toBeGreaterThan(10)
  })
})
