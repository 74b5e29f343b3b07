import { spawn } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'

import { isRunning, openCi, sh, verdictOf } from '../../../test/command-ci.ts'
import { manualClock } from '../../../test/manual-clock.ts'
import { temporaryFolder } from '../../../test/temporary.ts'
import { until } from '../../../test/until.ts'

/** Notes its process, and runs until there is the file `$GATE`. */
const gated = sh('echo $$ >> "$NOTES"; until [ -e "$GATE" ]; do sleep 0.02; done')

async function openGated() {
  const gate = join(temporaryFolder(), 'gate')
  const script = gated.map((word) => word.replaceAll('$GATE', gate))
  return { ...(await openCi(script)), openGate: () => writeFileSync(gate, '') }
}

describe('a verdict that is there', () => {
  test('is found after a restart, and its command not run again', async () => {
    const { ci, open, judged, head, noted } = await openCi(sh('echo run >> "$NOTES"; exit 3'))
    const before = await judged()
    await ci.close()
    expect(await ci.look(head)).toEqual(before)
    expect(await open().look(head)).toEqual(before)
    expect(noted()).toEqual(['run'])
  })

  test('counts only for the command that made it', async () => {
    const { open, judged, head } = await openCi(sh('exit 0'))
    expect((await judged()).verdict).toBe('green')
    const other = open({ argv: sh('exit 1') })
    expect((await verdictOf(other, head)).verdict).toBe('red')
  })

  test('is none where it is not whole, or not what was written: the command runs again', async () => {
    const { open, judged, head, folder } = await openCi(sh('exit 1'))
    await judged()
    const odd = '{"argv":["sh","-c","exit 1"],"failed":false}'
    for (const text of ['', '{"argv":', '[]', 'null', '{"failed":null}', odd]) {
      writeFileSync(join(folder, 'results', `${head}.json`), text)
      const next = open()
      expect((await next.look(head)).verdict).toBe('pending')
      expect((await verdictOf(next, head)).verdict).toBe('red')
    }
  })
})

describe('a command that was cut short', () => {
  test('by a close is killed, leaves no verdict, and runs again at the next look', async () => {
    const { ci, open, head, noted, folder, openGate } = await openGated()
    await ci.look(head)
    await until('it runs', () => noted().length === 1)
    await ci.close()
    expect(isRunning(Number(noted()[0]))).toBe(false)
    await expect(ci.look(head)).rejects.toMatchObject({ code: 'unavailable' })
    const left = ['checkouts', 'locks'].map((name) => readdirSync(join(folder, name)))
    expect([...left, existsSync(join(folder, 'results'))]).toEqual([[], [], false])
    openGate()
    expect((await verdictOf(open(), head)).verdict).toBe('green')
    expect(noted()).toHaveLength(2)
  })

  test('by what then stops the node too is not taken for a red', async () => {
    const clock = manualClock()
    const { ci, head, folder, noted } = await openCi(sh('echo $$ >> "$NOTES"; exit 143'), { clock })
    await ci.look(head)
    await until('it is over', () => noted().length === 1 && !isRunning(Number(noted()[0])))
    await until('a red would be written soon', () => clock.nextAt() === clock.now() + 1000)
    await ci.close()
    expect(existsSync(join(folder, 'results'))).toBe(false)
    expect(clock.nextAt()).toBeNull()
  })

  test('with its node, by kill -9, is killed and runs again; while the node lives, another waits', async () => {
    const { open, head, noted, openGate, options } = await openGated()
    const node = anotherNode({ ...options, clock: undefined }, head)
    await until('its command runs', () => noted().length === 1)

    const waiting = open()
    const woken: string[] = []
    waiting.watch((commit) => woken.push(commit))
    for (let look = 0; look < 3; look += 1)
      expect((await waiting.look(head)).verdict).toBe('pending')
    await waiting.close()
    expect([noted().length, woken]).toEqual([1, []])

    node.kill('SIGKILL')
    await until('the node is gone', () => node.signalCode === 'SIGKILL')
    expect(isRunning(Number(noted()[0]))).toBe(true)
    const next = open()
    expect((await next.look(head)).verdict).toBe('pending')
    await until('what the dead node left is killed', () => !isRunning(Number(noted()[0])))
    openGate()
    expect((await verdictOf(next, head)).verdict).toBe('green')
    expect(noted()).toHaveLength(2)
  })
})

describe('one at a time', () => {
  const counted = sh('echo start >> "$NOTES"; sleep 0.05; echo end >> "$NOTES"')

  test('of several commits, and each once however many ask', async () => {
    const { work, judged, ci, noted } = await openCi(counted)
    const commits = [await work.commit('a'), await work.commit('b'), await work.commit('c')]
    await Promise.all([...commits, ...commits].map((commit) => ci.look(commit)))
    for (const commit of commits) expect((await judged(commit)).verdict).toBe('green')
    expect(noted()).toEqual(['start', 'end', 'start', 'end', 'start', 'end'])
  })

  test('of one commit, also by two nodes at the same folder', async () => {
    const { open, head, noted } = await openCi(counted)
    const nodes = [open(), open(), open()]
    const verdicts = await Promise.all(nodes.map((node) => verdictOf(node, head)))
    expect(verdicts.map(({ verdict }) => verdict)).toEqual(['green', 'green', 'green'])
    expect(noted()).toEqual(['start', 'end'])
  })
})

/** A process of its own that looks once, and lives on. */
function anotherNode(options: object, commit: string) {
  const source = (path: string) => JSON.stringify(join(import.meta.dirname, path))
  const code = `
    import { commandCi } from ${source('command-ci.ts')}
    import { systemClock as clock } from ${source('../../clock.ts')}
    const [, options, commit] = process.argv
    await commandCi({ ...JSON.parse(options), clock }).look(commit)
    setInterval(() => {}, 60_000)`
  const argv = ['--input-type=module', '-e', code, JSON.stringify(options), commit]
  const node = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'inherit'] })
  onTestFinished(() => void node.kill('SIGKILL'))
  return node
}
