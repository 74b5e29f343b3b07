import { execFile, spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'

import { message } from '../../test/message.ts'
import { until } from '../../test/until.ts'
import type { Outcome } from '../doorbell/outcome.ts'
import { terminal } from './terminal.ts'

const longEnough = () => AbortSignal.timeout(10_000)
const print = async (ring = message(), bell = false) => {
  let printed = ''
  const write = async (some: string) => void (printed += some)
  const outcome = await terminal({ write, bell }).send(ring, longEnough())
  expect(outcome).toEqual({ type: 'accepted', reference: 'printed' })
  return printed
}

describe('the terminal', () => {
  test('shows the title, the body and the notes', async () => {
    const ring = message({ detail: 'red\ntwice' }, { notes: ['reported by ci', 'Sent 7 min'] })
    expect(await print(ring)).toBe(
      [
        '',
        '  [NEEDS-HUMAN] infra#42 needs a human',
        '    red',
        '    twice',
        '    Thread: https://t3.test/?thread=t-1',
        '    reported by ci',
        '    Sent 7 min',
        '',
        '',
      ].join('\n'),
    )
  })

  test('shows no blank lines', async () => {
    const printed = await print(message({ detail: '\n \nred\n\n', threadId: null }))
    expect(printed).toBe('\n  [NEEDS-HUMAN] infra#42 needs a human\n    red\n\n')
  })

  test('rings its bell only where it was asked to', async () => {
    expect(await print(message(), true)).toMatch(/^\u0007\n/)
    expect(await print(message(), false)).not.toContain('\u0007')
  })

  test('is not driven by what an agent wrote', async () => {
    const printed = await print(message({ detail: '\u001b[2Jgone\u0007\u001b]0;title\u0007' }))
    expect(printed).toContain('gone')
    expect(printed).not.toMatch(/[\u0007\u001b]/)
  })

  test('that cannot be written to defers, and says nothing of the error', async () => {
    const write = () => Promise.reject(new Error('EPIPE on /dev/pts/7'))
    const outcome = await terminal({ write, bell: false }).send(message(), longEnough())
    expect(outcome).toMatchObject({ type: 'deferred', code: 'network' })
    expect(JSON.stringify(outcome)).not.toMatch(/EPIPE|pts/)
  })

  test('that takes nothing ends the try as unknown when it is aborted', async () => {
    const stopped = terminal({ write: () => new Promise(() => {}), bell: false })
    let outcome: Outcome | null = null
    void stopped.send(message(), AbortSignal.timeout(20)).then((ended) => (outcome = ended))
    await until('the try has ended', () => outcome !== null)
    expect(outcome).toMatchObject({ type: 'unknown', code: 'timeout' })
  })

  test('has a check that says it reaches nobody away', async () => {
    const [finding] = await terminal({ bell: false }).check(longEnough())
    expect(finding).toMatchObject({ type: 'good', what: expect.stringContaining('nobody away') })
  })
})

describe('standard output', () => {
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))
  const script = `
    import { terminal } from ${JSON.stringify(here('./terminal.ts'))}
    import { message } from ${JSON.stringify(here('../../test/message.ts'))}
    await new Promise((resolve) => process.stdin.once('end', resolve).resume())
    const outcome = await terminal().send(message(), AbortSignal.timeout(10_000))
    process.stderr.write(JSON.stringify(outcome))
  `
  const argv = ['--no-warnings', '--input-type=module', '--eval', script]

  test('is where it prints, without a bell if it is no terminal', async () => {
    const run = promisify(execFile)(process.execPath, argv)
    run.child.stdin?.end()
    const { stdout, stderr } = await run
    expect(stdout).toMatch(/^\n {2}\[NEEDS-HUMAN\] infra#42/)
    expect(stderr).toBe('{"type":"accepted","reference":"printed"}')
  })

  test('that was closed defers, and the process lives', async () => {
    const child = spawn(process.execPath, argv)
    child.stdout.destroy()
    child.stdin.end()
    expect(await text(child.stderr)).toMatch(/^\{"type":"deferred","code":"network"/)
  })
})
