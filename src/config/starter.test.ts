import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'

import { inFolder } from '../../test/in-folder.ts'
import { problems } from '../../test/problems.ts'
import { arming } from './arming.ts'
import { parseConfig } from './load.ts'
import { type Answers, SECRETS, type Starter, starter } from './starter.ts'

const tokens = { operator: 'o'.repeat(48), ring: 'r'.repeat(48) }

const phone = { server: 'https://ntfy.sh', topic: 'afk-abcdefghij234567klmn', token: null }
const phones = {
  'no ntfy': null,
  'an ntfy server': phone,
  'an ntfy server with a token': { ...phone, token: 'tk_very-secret' },
  'an ntfy server with a login': { ...phone, server: 'https://me:hunter2@ntfy.example:8443' },
}
const slacks = {
  'no Slack': null,
  'a webhook': { type: 'hook', url: 'https://hooks.slack.com/services/T0/B0/hooksecret' },
  'a bot': { type: 'bot', token: 'xoxb-1-2-botsecret', channel: 'C0123456789' },
} as const
const bases = { 'no threads': null, threads: "https://t3.example/it's#here" }
const beats = { 'no heartbeat': null, 'a heartbeat': 'https://hc-ping.com/beat-secret' }

const combinations = Object.entries(phones).flatMap(([ntfyName, ntfy]) =>
  Object.entries(slacks).flatMap(([slackName, slack]) =>
    Object.entries(bases).flatMap(([baseName, baseUrl]) =>
      Object.entries(beats).map(([beatName, heartbeatUrl]) => ({
        name: [ntfyName, slackName, baseName, beatName].join(', '),
        answers: { ntfy, slack, baseUrl, heartbeatUrl } satisfies Answers,
      })),
    ),
  ),
)

const env = { AFK_HOOK_SECRET: `whsec_${'A'.repeat(43)}=`, AFK_HEARTBEAT_URL: 'https://hc.test/x' }

function keepSecrets({ secrets }: Starter): void {
  mkdirSync(SECRETS, { recursive: true })
  for (const [name, value] of secrets) writeFileSync(join(SECRETS, name), `${value}\n`)
}

function configOf(made: Starter) {
  keepSecrets(made)
  return parseConfig(made.text, { file: 'afk.yaml', env: {} })
}

/** Every answer that only its owner should know. */
function secretsOf({ ntfy, slack, heartbeatUrl }: Answers): readonly string[] {
  const { password } = new URL(ntfy?.server ?? 'https://x.test')
  const ofSlack = slack === null ? [] : [slack.type === 'hook' ? slack.url : slack.token]
  const known = [ntfy?.topic, ntfy?.token, password, heartbeatUrl, ...ofSlack]
  return [...Object.values(tokens), ...known].flatMap((secret) => secret || [])
}

describe('the first configuration', () => {
  test.each(combinations)('is what was answered: $name', ({ answers }) => {
    inFolder()
    const made = starter(answers, tokens)
    const config = configOf(made)
    const { ntfy, slack, baseUrl, heartbeatUrl } = answers
    const names = [ntfy && 'phone', slack && 'slack'].filter((name) => name !== null)
    expect(Object.keys(config.channels)).toEqual(names.length > 0 ? names : ['terminal'])
    if (ntfy !== null)
      expect(config.channels['phone']).toMatchObject({
        type: 'ntfy',
        server: ntfy.server,
        topic: ntfy.topic,
        ...(ntfy.token !== null && { token: ntfy.token }),
      })
    if (slack !== null) {
      const { type, ...said } = slack
      const expected = type === 'hook' ? { webhookUrl: slack.url } : said
      expect(config.channels['slack']).toMatchObject({ type: 'slack', ...expected })
    }
    expect(config.tokens).toEqual(tokens)
    expect(config.links.baseUrl ?? null).toBe(baseUrl)
    expect(config.heartbeat?.url ?? null).toBe(heartbeatUrl)
  })

  test.each(combinations)('holds no secret, and leaves the loop disarmed: $name', ({ answers }) => {
    inFolder()
    const made = starter(answers, tokens)
    for (const secret of secretsOf(answers)) {
      expect(made.text).not.toContain(secret)
      expect([...made.secrets.values()].join('\n')).toContain(secret)
    }
    const config = configOf(made)
    expect(config.loop).toMatchObject({ killSwitch: true, repos: {} })
    expect(arming(config).armed).toBe(false)
  })

  test.each(combinations)('has examples that are good without their #: $name', ({ answers }) => {
    inFolder()
    const made = starter(answers, tokens)
    keepSecrets(made)
    const examples = made.text.match(/^ *#(?! )/gm) ?? []
    expect(examples.length).toBeGreaterThanOrEqual(5)
    const text = made.text.replaceAll(/^( *)#(?! )/gm, '$1')
    expect(problems(text, env)).toEqual([])
    for (const key of ['publicUrl', 'routes', 'hook', 'retention', 'links', 'heartbeat'])
      expect(text).toMatch(new RegExp(`^ *${key}:`, 'm'))
  })

  test.each(combinations)('is short enough to read: $name', ({ answers }) => {
    const lines = starter(answers, tokens).text.trimEnd().split('\n')
    expect(lines.length).toBeLessThanOrEqual(60)
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100)
  })

  const visible = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => {
    const kept = text.replaceAll(/[\s\p{C}]/gu, '')
    return kept === '' ? "'" : kept
  })

  test('gives back any secret as it was told, and shows none of it', () => {
    inFolder()
    const marked = visible.map((text) => `secret-${text}-secret`)
    const property = fc.property(marked, marked, marked, (token, path, bot) => {
      const heartbeatUrl = `https://hc.test/${encodeURIComponent(path)}`
      const slack = {
        type: 'bot',
        token: `xoxb-${encodeURIComponent(bot)}`,
        channel: 'C01',
      } as const
      const answers = { ntfy: { ...phone, token }, slack, baseUrl: null, heartbeatUrl }
      const made = starter(answers, tokens)
      expect(made.text).not.toContain('secret-')
      expect(configOf(made)).toMatchObject({
        channels: { phone: { token }, slack: { token: slack.token } },
        heartbeat: { url: heartbeatUrl },
      })
    })
    fc.assert(property, { numRuns: 50 })
  })

  test('says a base URL so that YAML cannot misread it', () => {
    inFolder()
    const property = fc.property(visible, (text) => {
      const baseUrl = `https://t3.test/${text.replaceAll(/["<>\\^`{|}]/g, "'")}`
      const made = starter({ ntfy: null, slack: null, baseUrl, heartbeatUrl: null }, tokens)
      expect(configOf(made).links.baseUrl).toBe(baseUrl)
    })
    fc.assert(property, { numRuns: 50 })
  })
})
