import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'

import { afk } from '../../test/afk.ts'
import { inFolder } from '../../test/in-folder.ts'
import { answering, configured, quiet, secret } from '../../test/set-up.ts'

const read = (path: string) => readFileSync(path, 'utf8')

describe('what is there already', () => {
  test('stays as it is to the byte, and nobody is asked', async () => {
    const folder = inFolder()
    writeFileSync('afk.yaml', 'mine: \u0000\r\n')
    for (const around of [answering(), {}]) {
      const argv = 'ask' in around ? ['init'] : quiet
      expect(await afk(argv, around)).toEqual({
        code: 1,
        out: '',
        err: 'afk: afk.yaml is here already, and stays as it is: move it, or use --file',
      })
    }
    expect(read('afk.yaml')).toBe('mine: \u0000\r\n')
    expect(readdirSync(folder)).toEqual(['afk.yaml'])
  })

  test('may be a link that leads nowhere, or a folder', async () => {
    const folder = inFolder()
    symlinkSync(join(folder, 'elsewhere'), 'afk.yaml')
    mkdirSync('other.yaml')
    expect((await afk(quiet)).code).toBe(1)
    expect((await afk([...quiet, '--file', 'other.yaml'])).code).toBe(1)
    expect(readdirSync(folder).toSorted()).toEqual(['afk.yaml', 'other.yaml'])
  })

  test('may have come while somebody answered: it stays, and no secret is left', async () => {
    inFolder()
    const ask = async () => {
      writeFileSync('afk.yaml', 'theirs\n')
      return ''
    }
    const { code, err } = await afk(['init', '--no-drill'], { ask })
    expect([code, err]).toEqual([1, expect.stringMatching(/^afk: afk\.yaml is here already/)])
    expect(read('afk.yaml')).toBe('theirs\n')
    expect(readdirSync('.afk/secrets')).toEqual([])
  })

  test('are the secrets of an earlier run: the topic and the tokens go on', async () => {
    inFolder()
    await afk(quiet)
    const before = configured()
    rmSync('afk.yaml')
    const { code, out } = await afk(quiet)
    expect(code).toBe(0)
    expect(configured()).toEqual(before)
    expect(out).toMatch(/nothing new/)
  })

  test('is a secret that says something else: exit 1, and nothing is written', async () => {
    inFolder()
    const token = (text: string) => [...quiet, '--ntfy-token', text]
    await afk(token('tk_first'))
    rmSync('afk.yaml')
    const { code, out, err } = await afk([...token('tk_second'), '--heartbeat', 'https://hc.test'])
    expect([code, out]).toEqual([1, ''])
    expect(err).toMatch(/^afk: \.afk\/secrets\/ntfy-token is here already, and says something else/)
    expect([secret('ntfy-token'), existsSync('afk.yaml')]).toEqual(['tk_first', false])
    expect(existsSync('.afk/secrets/heartbeat-url')).toBe(false)
  })

  test('is a file of one’s own below .afk/: it stays', async () => {
    inFolder()
    mkdirSync('.afk')
    writeFileSync('.afk/.gitignore', '# mine\n')
    expect((await afk(quiet)).code).toBe(0)
    expect(read('.afk/.gitignore')).toBe('# mine\n')
  })
})

describe('what is written', () => {
  const modeOf = (path: string) => statSync(path).mode & 0o777

  test('only its owner can read, and git ignores the secrets', async () => {
    const before = process.umask(0)
    onTestFinished(() => void process.umask(before))
    inFolder()
    await afk(quiet)
    expect([modeOf('.afk'), modeOf('.afk/secrets')]).toEqual([0o700, 0o700])
    const files = readdirSync('.afk/secrets').map((name) => join('.afk/secrets', name))
    for (const path of ['afk.yaml', '.afk/.gitignore', ...files]) expect(modeOf(path)).toBe(0o600)
    expect(read('.afk/.gitignore')).toBe('*\n')
    expect(readdirSync('.')).toEqual(['.afk', 'afk.yaml'])
  })

  test('closes a folder of secrets that others could read', async () => {
    inFolder()
    mkdirSync('.afk/secrets', { recursive: true })
    chmodSync('.afk/secrets', 0o755)
    await afk(quiet)
    expect(modeOf('.afk/secrets')).toBe(0o700)
  })

  test('is all or nothing: where the configuration cannot be written, no secret stays', async () => {
    inFolder()
    const { code, out, err } = await afk([...quiet, '--file', 'absent/afk.yaml'])
    expect([code, out, err]).toEqual([
      1,
      '',
      expect.stringMatching(/^afk: cannot use absent\/afk\.yaml \(ENOENT\): mend that/),
    ])
    expect(readdirSync('.afk/secrets')).toEqual([])
  })

  test('is nothing where .afk is a file', async () => {
    inFolder()
    writeFileSync('.afk', '')
    const { code, err } = await afk(quiet)
    expect([code, err]).toEqual([1, expect.stringMatching(/^afk: cannot use \.afk\/secrets/)])
    expect(existsSync('afk.yaml')).toBe(false)
  })
})
