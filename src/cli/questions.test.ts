import { readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

import { afk } from '../../test/afk.ts'
import { inFolder } from '../../test/in-folder.ts'
import { answering, configured, quiet } from '../../test/set-up.ts'

describe('asked wrongly: exit 2, one line without the value, and nothing is written', () => {
  const wrong = 'hunter2-hunter2'

  test.each([
    ['--ntfy', wrong],
    ['--ntfy', `ftp://${wrong}`],
    ['--ntfy', ''],
    ['--ntfy', `https://ntfy.sh/${wrong}`],
    ['--ntfy', `https://ntfy.sh/?auth=${wrong}`],
    ['--ntfy', `https://\${${wrong}}`],
    ['--topic', `${wrong}!`],
    ['--ntfy-token', `${wrong} `],
    ['--slack', wrong],
    ['--slack', `xoxp-${wrong}`],
    ['--slack', `xoxb-${wrong}`],
    ['--slack', `https://hooks.slack.com/triggers/${wrong}`],
    ['--slack', `xoxb-${wrong}`, '--slack-channel', `#${wrong}`],
    ['--slack-channel', 'C0123456789'],
    ['--base-url', wrong],
    ['--base-url', `https://me:${wrong}@t3.example`],
    ['--base-url', `https://t3.example/\${${wrong}}`],
    ['--heartbeat', wrong],
    ['--heartbeat', `https://hc.test/ ${wrong}`],
    ['--ntfy', 'none', '--topic', wrong],
    ['--ntfy', 'none', '--ntfy-token', wrong],
  ])('%s %s %s %s', async (...argv) => {
    const folder = inFolder()
    const { code, out, err } = await afk([...quiet, ...argv])
    expect([code, out]).toEqual([2, ''])
    expect(err).toMatch(/^afk: --[a-z-]+ .+$/)
    expect(err).not.toContain(wrong)
    expect(readdirSync(folder)).toEqual([])
  })

  test('without --yes, where nobody can answer', async () => {
    const folder = inFolder()
    expect(await afk(['init'])).toEqual({
      code: 2,
      out: '',
      err: expect.stringMatching(/^afk: nobody can answer: .*--yes takes the defaults$/),
    })
    expect(readdirSync(folder)).toEqual([])
  })
})

describe('somebody at a terminal', () => {
  test('is asked four questions, and Enter takes what each offers', async () => {
    inFolder()
    const person = answering('', '', '', '')
    const { code, err } = await afk(['init', '--no-drill'], person)
    expect([code, err]).toEqual([0, ''])
    expect(person.asked).toEqual([
      expect.stringMatching(/^1\/4 .*ntfy.* \[https:\/\/ntfy\.sh\] $/),
      expect.stringMatching(/^2\/4 .*Slack.* \[none\] $/),
      expect.stringMatching(/^3\/4 .*threads.* \[none\] $/),
      expect.stringMatching(/^4\/4 .*dead-man.* \[none\] $/),
    ])
    expect(configured().channels).toMatchObject({ phone: { server: 'https://ntfy.sh' } })
  })

  test('is asked once more where a bot posts', async () => {
    inFolder()
    const person = answering('none', ' xoxb-1-2-x ', 'C0123456789', 'https://t3.example', 'none')
    expect(await afk(['init', '--no-drill'], person)).toMatchObject({ code: 0, err: '' })
    expect(configured()).toMatchObject({
      channels: { slack: { token: 'xoxb-1-2-x', channel: 'C0123456789' } },
      links: { baseUrl: 'https://t3.example' },
    })
  })

  test('is not asked what an option says', async () => {
    inFolder()
    const person = answering('', '')
    const options = ['--ntfy', 'https://ntfy.example', '--base-url', 'none']
    expect((await afk(['init', '--no-drill', ...options], person)).code).toBe(0)
    expect(person.asked.map((question) => question.slice(0, 3))).toEqual(['2/4', '4/4'])
  })

  test('is told in one line why an answer is wrong, and asked again', async () => {
    inFolder()
    const person = answering(
      ...['ntfy.sh', 'https://ntfy.sh/topic', 'https://ntfy.example'],
      ...['hooks.slack.com', 'xapp-1', 'xoxb-1-2-x', '', '#general', 'C0123456789'],
      ...['t3', ''],
      ...['yes', 'https://hc-ping.com/x'],
    )
    const { code, err } = await afk(['init', '--no-drill'], person)
    expect([code, person.left]).toEqual([0, []])
    const lines = err.split('\n')
    expect(lines).toHaveLength(8)
    for (const line of lines) expect(line).toMatch(/^ {5}It must [^\n]+\.$/)
    expect(configured()).toMatchObject({
      channels: { phone: { server: 'https://ntfy.example' }, slack: { channel: 'C0123456789' } },
      heartbeat: { url: 'https://hc-ping.com/x' },
    })
  })
})
