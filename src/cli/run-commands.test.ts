import { describe, expect, test } from 'vitest'

import { readyIssue } from '../../test/loop-stand-ins.ts'
import { commit, finished, green, question } from '../../test/runs.ts'
import { servedBell } from '../../test/served-bell.ts'
import { RunPageView, RunView } from '../server/run-schemas.ts'
import { StatusView } from '../server/schemas.ts'

const armed = () => servedBell({ issues: [readyIssue(), readyIssue({ number: 8, labels: [] })] })

type Node = Awaited<ReturnType<typeof armed>>

const adopted = {
  type: 'adopted',
  turn: 1,
  place: null,
  environment: null,
  thread: 'thread_1',
} as const
const over = (end: typeof finished, landed: string | null) =>
  ({ type: 'turn-over', turn: 1, end, commit: landed }) as const

async function started(node: Node): Promise<string> {
  const { code, out, err } = await node.afk('start', 'infra#42')
  expect([code, err]).toEqual([0, ''])
  return /^started: (run_[0-9a-f-]{36}), on infra#42$/.exec(out)![1]!
}

describe('afk runs', () => {
  test('lists those under way, and with --all every one', async () => {
    const node = await armed()
    expect((await node.afk('runs')).out).toBe('no run is under way')
    expect((await node.afk('runs', '--all')).out).toBe('no runs')
    const id = await started(node)
    expect((await node.afk('runs')).out).toMatch(
      new RegExp(
        `^[\\d:]+  ${id}  infra#42  its first turn is on its way to the agent  \\(Make it work\\)$`,
      ),
    )
    await node.afk('stop', id)
    expect((await node.afk('runs')).out).toBe('no run is under way')
    expect((await node.afk('runs', '--all')).out).toMatch(/withdrawn by local/)
  })

  test('reads page after page: one JSON document has them all', async () => {
    const node = await armed()
    for (let number = 1; number <= 201; number++)
      await node.store.queueRun({
        id: `run_${number}`,
        state: 'queued',
        begins: { with: 'turn' },
        environmentId: null,
        issue: { repo: `repo-${number}`, number },
        lineage: `repo-${number}#${number}@main`,
        threadId: 'thread',
        branch: 'afk/x',
        by: 'loop',
        continues: null,
        digest: '0'.repeat(64),
        queuedAt: 0,
      })
    const { code, out } = await node.afk('runs', '--json')
    const { runs, next } = RunPageView.parse(JSON.parse(out))
    expect([code, runs.length, next]).toEqual([0, 201, null])
  })
})

describe('afk start', () => {
  test.each([
    ['infra#7', 'there is no issue infra#7'],
    ['infra#8', 'it is not labelled ready'],
    ['acme/web#1', 'acme/web is not enrolled'],
  ])('%s is exit 1, and its reason comes first, as in afk status --why', async (ref, reason) => {
    const node = await armed()
    const { code, out, err } = await node.afk('start', ref)
    expect([code, out]).toEqual([1, ''])
    expect(err).toBe(`afk: ${reason} (loop_refused, docs/errors.md#loop_refused)`)
    const why = await node.afk('status', '--why', ref)
    expect(why.code).toBe(0)
    expect(why.out.split('\n')[0]).toBe(`why      ${ref} does not start: ${reason}`)
  })

  test.each([['start'], ['continue'], ['grant'], ['start', 'infra'], ['continue', '#7']])(
    'without an issue is exit 2: %s %s',
    async (...argv) => {
      const { code, err } = await (await armed()).afk(...argv)
      expect([code, err]).toEqual([2, expect.stringMatching(/names the issue, such as infra#42/)])
    },
  )
})

describe('afk continue', () => {
  test('goes on where the last run ended', async () => {
    const node = await armed()
    const first = await started(node)
    await node.happen(first, adopted, over(question, null))
    await node.store.freeSlot(first)
    const { code, out } = await node.afk('continue', 'infra#42')
    expect([code, out]).toEqual([0, expect.stringMatching(/^goes on: run_\S+, on infra#42$/)])
    const story = await node.afk('show', /run_[0-9a-f-]+/.exec(out)![0])
    expect(story.out).toContain(`  goes on  from ${first}`)
  })
})

describe('afk stop', () => {
  test('stops what it is given, though one of them cannot be stopped', async () => {
    const node = await armed()
    const id = await started(node)
    const { code, out, err } = await node.afk('stop', 'run_absent', id)
    expect([code, out]).toEqual([1, `stopped: ${id}`])
    expect(err).toMatch(/^afk: run_absent was not stopped: no run has that id/)
  })

  test('--all stops whatever is under way, and says where nothing is', async () => {
    const node = await armed()
    const id = await started(node)
    const err = 'afk pause keeps new ones from starting'
    expect(await node.afk('stop', '--all')).toEqual({ code: 0, out: `stopped: ${id}`, err })
    const out = 'no run is under way'
    expect(await node.afk('stop', '--all')).toEqual({ code: 0, out, err })
  })

  test.each([[], ['run_1', '--all']])('of nothing, or of both, is exit 2: %j', async (...argv) => {
    expect((await (await armed()).afk('stop', ...argv)).code).toBe(2)
  })
})

describe('afk pause and afk resume', () => {
  test('hold everything or one repository, and status shows it', async () => {
    const node = await armed()
    expect(await node.afk('pause')).toEqual({ code: 0, out: 'paused: everything', err: '' })
    expect((await node.afk('pause', 'infra')).out).toBe('paused: infra')
    expect((await node.afk('status', '--why', 'infra#42')).out).toMatch(
      /^why {6}infra#42 does not start: paused by local$/m,
    )
    const { out } = await node.afk('status')
    expect(out).toMatch(/^paused {3}everything, since [\d:]+ by local$/m)
    expect(out).toMatch(/^paused {3}infra, since [\d:]+ by local$/m)
    expect((await node.afk('resume')).out).toBe('resumed: everything\nstill paused: infra')
    expect((await node.afk('resume', 'infra')).out).toBe('resumed: infra')
    expect((await node.afk('status')).out).not.toMatch(/^paused/m)
  })

  test('say that nothing of that name is enrolled', async () => {
    const { code, err } = await (await armed()).afk('pause', 'infa')
    expect([code, err]).toEqual([0, expect.stringMatching(/^afk: infa is not enrolled/)])
  })

  test('with what is no repository is exit 2', async () => {
    const { code, err } = await (await armed()).afk('pause', '../etc')
    expect([code, err]).toEqual([2, expect.stringMatching(/invalid_body.*\n {2}repo must be/)])
  })
})

describe('afk grant', () => {
  const given = ['--attempts', '2', '--why', 'the flaky test is gone']

  test('says what the issue has used and has now', async () => {
    const node = await armed()
    const id = await started(node)
    const { code, out } = await node.afk('grant', 'infra#42', ...given)
    expect([code, out]).toEqual([
      0,
      'granted: infra#42 has used 0 of 5 and 2 granted corrective turns, 0 of 60 min, $0.00 of $100.00',
    ])
    expect((await node.afk('show', id)).out).toContain(
      'local granted 2 corrective turns: the flaky test is gone',
    )
  })

  test.each([
    ['no reason', ['--attempts', '2'], /--why says why/],
    ['no number', ['--attempts', 'two', '--why', 'x'], /--attempts must be a whole number/],
    ['a part of a turn', ['--attempts', '1.5', '--why', 'x'], /--attempts must be a whole number/],
    ['a part of a minute', ['--minutes', '0.5', '--why', 'x'], /--minutes must be a whole number/],
    ['no sum', ['--cost', 'much', '--why', 'x'], /--cost takes a number/],
    ['too much', ['--attempts', '101', '--why', 'x'], /\n {2}attempts must be 100 or less/],
    ['nothing to give', ['--why', 'x'], /must give something/],
  ])('with %s is exit 2', async (_, argv, words) => {
    const { code, err } = await (await armed()).afk('grant', 'infra#42', ...argv)
    expect([code, err]).toEqual([2, expect.stringMatching(words)])
  })

  test('says what follows where the last run has ended, but not where it is done', async () => {
    const follows = /; its run has ended: afk continue infra#42 goes on$/
    const asked = await armed()
    await asked.happen(await started(asked), adopted, over(question, null))
    expect((await asked.afk('grant', 'infra#42', ...given)).out).toMatch(follows)
    const landed = await armed()
    const checked = { type: 'checked', commit, checks: green } as const
    await landed.happen(await started(landed), adopted, over(finished, commit), checked)
    expect((await landed.afk('grant', 'infra#42', ...given)).out).not.toMatch(/afk continue/)
  })

  test('to an issue without a run is exit 1', async () => {
    expect((await (await armed()).afk('grant', 'infra#42', ...given)).code).toBe(1)
  })
})

describe('afk show', () => {
  test('tells the story of a run that landed, from its start to its chores', async () => {
    const node = await armed()
    const id = await started(node)
    await node.happen(id, adopted, over(finished, commit), {
      type: 'checked',
      commit,
      checks: green,
    })
    const { code, out } = await node.afk('show', id)
    expect(code).toBe(0)
    for (const words of [
      /^infra#42 {2}Make it work\n {2}https:\/\/tracker\.test\/infra\/42\n/,
      /^ {2}ended {4}[\d:]+, done: a{12} landed, and CI is green: lint, test$/m,
      /^ {2}budget {3}used 0 of 5 corrective turns, /m,
      /^ {2}[\d:]+ {2}turn 1 is over; the agent says: all is done; a{12} landed$/m,
      /^ {2}due {3}let the next run of the repository start$/m,
    ])
      expect(out).toMatch(words)
    const { verdict } = RunView.parse(JSON.parse((await node.afk('show', id, '--json')).out))
    expect(verdict?.kind).toBe('done')
  })

  test('prints nothing that could drive the terminal or pass for a line, whoever wrote it', async () => {
    const evil = 'on it\u001b]0;owned\u0007\u001b[2J\u202e\r\nrun_fake  done: all is well'
    const node = await servedBell({ issues: [readyIssue({ title: evil })] })
    const id = await started(node)
    const asks = { ...question, question: evil } as typeof question
    await node.happen(id, adopted, over(asks, null))
    for (const argv of [['show', id], ['runs', '--all'], ['status']]) {
      const { out } = await node.afk(...argv)
      expect(out).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202e]/)
      expect(out).not.toMatch(/^run_fake/m)
    }
    expect((await node.afk('runs', '--all')).out.split('\n')).toHaveLength(1)
  })

  test('of a run that there is not is exit 1', async () => {
    const { code, err } = await (await armed()).afk('show', 'run_absent')
    expect([code, err]).toEqual([1, expect.stringMatching(/run_not_found/)])
  })
})

describe('afk status', () => {
  test('shows the runs under way, and that an issue may start', async () => {
    const node = await armed()
    expect((await node.afk('status', '--why', 'infra#42')).out).toMatch(
      /^why {6}infra#42 may start$/m,
    )
    const id = await started(node)
    const { out } = await node.afk('status')
    expect(out).toMatch(new RegExp(`^loop {5}armed\nrun {6}${id}, infra#42, dispatching$`, 'm'))
  })

  test('says why only where it was asked', async () => {
    const node = await armed()
    const ask = async (...argv: string[]) =>
      StatusView.parse(JSON.parse((await node.afk('status', '--json', ...argv)).out))
    expect('why' in (await ask())).toBe(false)
    expect((await ask('--why', 'infra#42')).why).toBeNull()
    expect((await ask('--why', 'infra#8')).why).toBe('it is not labelled ready')
  })

  test('says of a disarmed loop what is missing, and that it starts nothing', async () => {
    const node = await servedBell()
    const { out } = await node.afk('status', '--why', 'infra#42')
    expect(out).toMatch(
      /^why {6}infra#42 does not start: the loop is disarmed: the kill switch is on/m,
    )
    const { code, err } = await node.afk('start', 'infra#42')
    expect([code, err]).toEqual([
      1,
      expect.stringMatching(/loop_disarmed\)\n {2}the kill switch is on \(loop\.killSwitch\)\n/),
    ])
  })

  test.each(['infra', 'infra#0', 'a b#1'])('--why %s is exit 2', async (ref) => {
    expect((await (await armed()).afk('status', '--why', ref)).code).toBe(2)
  })
})
