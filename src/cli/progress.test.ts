import { describe, expect, test } from 'vitest'

import { afk } from '../../test/afk.ts'
import { listen } from '../../test/listen.ts'
import { progress } from './progress.ts'
import { run } from './run.ts'

type Written = string | Uint8Array

/** A terminal of so many columns that both streams of a command write to, and the rows that a person sees. */
function terminal(columns = 40) {
  const rows = ['']
  let at = 0
  const put = (token: string) => {
    const row = rows.at(-1) ?? ''
    if (token === '\r') at = 0
    else if (token === '\u001b[K') rows[rows.length - 1] = [...row].slice(0, at).join('')
    else if (token === '\n' || at === columns) {
      rows.push(token === '\n' ? '' : token)
      at = token === '\n' ? 0 : 1
    } else rows[rows.length - 1] = [...row].toSpliced(at++, 1, token).join('')
  }
  const write = (text: Written) => {
    for (const [token] of Buffer.from(text)
      .toString()
      .matchAll(/\u001b\[K|[^]/gu))
      put(token)
    return true
  }
  const [stdout, stderr] = [{ write }, { write }]
  const io = {
    out: (line: string) => void stdout.write(`${line}\n`),
    err: (line: string) => void stderr.write(`${line}\n`),
    screen: { columns: () => columns, streams: () => [stdout, stderr] },
  }
  return { rows, stdout, stderr, io }
}

describe('on a terminal, progress', () => {
  test('is one line, rewritten in place, and gone when the work is done', () => {
    const { rows, io } = terminal()
    const live = progress(io)
    live.show('scene 1: working, 9 s')
    live.show('scene 1: done')
    expect(rows).toEqual(['scene 1: done'])
    live.done()
    io.out('all is well')
    expect(rows).toEqual(['all is well', ''])
  })

  test('stands below whatever is written meanwhile, by whichever way', () => {
    const { rows, io, stdout, stderr } = terminal()
    const live = progress(io)
    live.show('working')
    io.out('of the command')
    io.err('an error')
    stdout.write('\n  a ring\n    of two lines\n')
    stderr.write(Buffer.from('bytes\n'))
    const above = ['of the command', 'an error', '', '  a ring', '    of two lines', 'bytes']
    expect(rows).toEqual([...above, 'working'])
    live.done()
    expect(rows).toEqual([...above, ''])
  })

  test('waits while somebody has half a line there', () => {
    const { rows, io, stdout } = terminal()
    const live = progress(io)
    live.show('working')
    stdout.write('a quest')
    live.show('checking')
    stdout.write('')
    expect(rows).toEqual(['a quest'])
    stdout.write('ion\n')
    expect(rows).toEqual(['a question', 'checking'])
    stdout.write('half')
    live.done()
    expect(rows).toEqual(['a question', 'half'])
  })

  test.each([
    ['ends before the last column', 'a'.repeat(12), `${'a'.repeat(8)}…`],
    ['is whole where it fits', 'a'.repeat(9), 'a'.repeat(9)],
    ['is cut between characters, never inside of one', '🔔'.repeat(12), `${'🔔'.repeat(8)}…`],
    ['is one line, whatever it says', 'a\nb\u001b[2J', 'a b'],
  ])('%s', (_, line, seen) => {
    const { rows, io } = terminal(10)
    const live = progress(io)
    live.show(line)
    live.show(`${line} `)
    live.show(line)
    expect(rows).toEqual([seen])
  })

  test('leaves the streams as they were', () => {
    const { io, stdout, stderr } = terminal()
    const before = [stdout.write, stderr.write]
    const live = progress(io)
    live.done()
    live.show('working')
    live.done()
    live.done()
    expect([stdout.write, stderr.write]).toEqual(before)
  })
})

test('elsewhere progress is a plain line each time that it says something new', () => {
  const said: string[] = []
  const live = progress({ err: (line) => void said.push(line) })
  live.show('#1: working, 0 s', '#1: working')
  live.show('#1: working, 1 s', '#1: working')
  live.show('stopped 1 of 2', null)
  live.show('#1: checking, 2 s', '#1: checking')
  live.show('#1: working, 3 s', '#1: working')
  live.show('over')
  live.done()
  expect(said).toEqual(['#1: working', '#1: checking', '#1: working', 'over'])
})

describe('afk stop --all', () => {
  /** A node with three runs under way, one of which cannot be stopped. */
  const node = () =>
    listen(({ method, url = '' }, res) => {
      const runs = ['run_1', 'run_2', 'run_3'].map((id) => ({ id }))
      if (method === 'GET') res.end(JSON.stringify({ runs, next: null }))
      else if (url.includes('run_2')) res.writeHead(409).end('{"code":"loop_refused"}')
      else res.end(JSON.stringify({ phase: 'withdrawn', says: 'withdrawn by ada' }))
    })

  test('counts on a terminal, below what it says of each', async () => {
    const { rows, io, stderr } = terminal(80)
    const counts: string[] = []
    const { write } = stderr
    stderr.write = (text) => {
      counts.push(...(/stopped \d of \d/.exec(String(text)) ?? []))
      return write(text)
    }
    const env = { AFK_URL: await node() }
    expect(await run(['stop', '--all'], { ...io, env, stdin: async () => '' })).toBe(1)
    expect([...new Set(counts)]).toEqual(['stopped 0 of 3', 'stopped 1 of 3'])
    expect(rows).toEqual([
      'stopped: run_1',
      'afk: run_2 was not stopped: refused (loop_refused, )',
      'stopped: run_3',
      'afk pause keeps new ones from starting',
      '',
    ])
  })

  test('says elsewhere what it stopped, and no more', async () => {
    const { out, err } = await afk(['stop', '--all'], { env: { AFK_URL: await node() } })
    expect(out).toBe('stopped: run_1\nstopped: run_3')
    expect(err).toMatch(/^afk: run_2 was not stopped: .*\nafk pause keeps new ones from starting$/)
  })
})
