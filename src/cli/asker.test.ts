import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { PassThrough } from 'node:stream'
import { describe, expect, onTestFinished, test } from 'vitest'

import { inFolder } from '../../test/in-folder.ts'
import { configured } from '../../test/set-up.ts'
import { until } from '../../test/until.ts'
import { asker } from './asker.ts'

function asking() {
  const [input, output] = [new PassThrough(), new PassThrough()]
  const said: string[] = []
  output.on('data', (data: Buffer) => void said.push(data.toString()))
  const made = asker({ input, output, interrupt: () => {} })
  onTestFinished(() => made.close())
  return { ...made, input, said: () => said.join('') }
}

describe('a question on a terminal', () => {
  test('is shown, and answered by the next line', async () => {
    const { ask, input, said } = asking()
    const answer = ask('Which? [none] ')
    input.write('this one\n')
    expect([await answer, said()]).toEqual(['this one', 'Which? [none] '])
  })

  test('is answered by what was pasted ahead, line by line', async () => {
    const { ask, input } = asking()
    input.write('one\ntwo\n\nfour')
    const answers = [await ask('1 '), await ask('2 '), await ask('3 ')]
    expect(answers).toEqual(['one', 'two', ''])
    input.end('\n')
    expect(await ask('4 ')).toBe('four')
  })

  test('whose input has ended is exit 1 and one sentence', async () => {
    const { ask, input } = asking()
    const answer = ask('Which? ')
    input.end()
    await expect(answer).rejects.toMatchObject({ exitCode: 1, message: 'stopped: no answer came' })
    await expect(ask('Again? ')).rejects.toMatchObject({ exitCode: 1 })
  })
})

describe('afk init on a real terminal', () => {
  const main = join(import.meta.dirname, '../main.ts')
  // Another script than that of util-linux takes other options.
  const script = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'script'))
    .filter((file) => existsSync(file))
    .find((file) => versionOf(file).includes('util-linux'))
  const why = script === undefined ? ' (skipped: no script of util-linux on PATH)' : ''

  function versionOf(file: string): string {
    const { stdout, stderr } = spawnSync(file, ['--version'], { encoding: 'utf8' })
    return `${stdout}${stderr}`
  }

  function started(...argv: readonly string[]) {
    const line = [process.execPath, main, 'init', ...argv].map((word) => `'${word}'`).join(' ')
    const { PATH = '' } = process.env
    const child = spawn(script!, ['-qec', line, '/dev/null'], { env: { PATH, TERM: 'xterm' } })
    const closed = once(child, 'close')
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await closed
    })
    let said = ''
    child.stdout.on('data', (data: Buffer) => (said += data.toString()))
    return {
      said: () => said,
      saying: (text: string) => until(`it says ${text}`, () => said.includes(text)),
      type: (keys: string) => void child.stdin.write(keys),
      ended: async () => (await closed)[0] as number | null,
    }
  }

  test.skipIf(why !== '')(`asks, takes the answers, and lets go of the shell${why}`, async () => {
    inFolder()
    const terminal = started('--no-drill')
    await terminal.saying('1/4')
    terminal.type('https://ntfy.example\r')
    await terminal.saying('2/4')
    terminal.type('\r')
    await terminal.saying('3/4')
    // What is pasted in one piece answers two questions.
    terminal.type('https://t3.example\r\r')
    expect(await terminal.ended()).toBe(0)
    expect(terminal.said()).toContain('next   npx')
    expect(configured()).toMatchObject({
      channels: { phone: { server: 'https://ntfy.example' } },
      links: { baseUrl: 'https://t3.example' },
    })
  })

  test.skipIf(why !== '').each([
    ['Ctrl-C', '\u0003'],
    ['Ctrl-D', '\u0004'],
  ])(`left by %s has written nothing, and is exit 1${why}`, async (_, key) => {
    const folder = inFolder()
    const terminal = started()
    await terminal.saying('1/4')
    terminal.type('\r')
    await terminal.saying('2/4')
    terminal.type(key)
    expect(await terminal.ended()).toBe(1)
    expect(terminal.said()).toMatch(/afk: stopped: no answer came/)
    expect(readdirSync(folder)).toEqual([])
  })
})
