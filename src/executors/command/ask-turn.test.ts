import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

import { commandBench } from '../../../test/command-bench.ts'
import { temporaryFolder } from '../../../test/temporary.ts'

const says = (part: string) => expect.stringContaining(part) as string

describe('what an agent is given', () => {
  test('its environment holds nothing of the node, and what is configured', async () => {
    process.env['AFK_NTFY_TOKEN'] = 'tk_secret'
    const bench = commandBench('env | cut -d= -f1 | sort', { env: { MINE: 'yes', LANG: 'C' } })
    await bench.executor.ask(bench.order())
    const { end } = await bench.over()
    delete process.env['AFK_NTFY_TOKEN']
    if (end.how !== 'finished') throw new Error(end.how)
    const names = end.said
      .split('\n')
      .filter((name) => !/^(GIT_|EVIDENCE|_$|PWD|SHLVL|OLDPWD)/.test(name))
    const ours = ['AFK_BRANCH', 'AFK_RUN', 'AFK_TURN']
    expect(names).toEqual([...ours, 'HOME', 'LANG', 'MINE', 'PATH'])
  })

  test('its placeholders are filled in inside single arguments, and never by a shell', async () => {
    const print = 'printf "%s\\n" "$@"'
    const argv = [
      'bash',
      '-c',
      print,
      '-',
      '{prompt}',
      'at:{issue}',
      '{worktree}',
      '{branch}/{run}',
    ]
    const bench = commandBench(argv)
    const prompt = 'a  b $(touch pwned) `id` "quoted" {branch} $& \0end'
    await bench.executor.ask(bench.order({ prompt, branch: 'afk/one' }))
    const said = ['a  b $(touch pwned) `id` "quoted" {branch} $& \uFFFDend', 'at:owner/name#7']
    const lines = [...said, bench.worktree, `afk/one/${bench.turn.run}`]
    expect(await bench.over()).toMatchObject({ end: { said: lines.join('\n') } })
    expect(existsSync(join(bench.worktree, 'pwned'))).toBe(false)
  })

  test('the prompt is on standard input where that is configured, however long it is', async () => {
    const bench = commandBench('wc -c', { stdin: true })
    await bench.executor.ask(bench.order({ prompt: 'x'.repeat(500_000) }))
    expect(await bench.over()).toMatchObject({ end: { said: '500000' } })
  })

  test('elsewhere standard input is empty', async () => {
    const bench = commandBench('cat; echo nothing')
    await bench.executor.ask(bench.order())
    expect(await bench.over()).toMatchObject({ end: { said: 'nothing' } })
  })

  test('it works in a worktree of its own, on its branch, off a commit that only the remote has', async () => {
    const bench = commandBench('pwd; git branch --show-current; git log -1 --format=%s')
    bench.sh(`git clone -q ${bench.origin} ${bench.root}/other`)
    bench.sh(
      'git commit -q --allow-empty -m newest && git push -q origin main',
      `${bench.root}/other`,
    )
    const base = bench.sh('git rev-parse HEAD', `${bench.root}/other`).trim()
    expect(await bench.executor.ask(bench.order({ base }))).toEqual({
      type: 'adopted',
      place: bench.worktree,
      environment: null,
      thread: 'thread_1',
    })
    const said = [bench.worktree, `afk/${bench.turn.run}`, 'newest'].join('\n')
    expect(await bench.over()).toMatchObject({ end: { said } })
  })

  test('no secret of its environment is in a file of ours', async () => {
    const bench = commandBench('echo ${#TOKEN}', { env: { TOKEN: 'tk_very_secret' } })
    await bench.executor.ask(bench.order())
    expect(await bench.over()).toMatchObject({ end: { said: '14' } })
    expect(bench.sh(`grep -rl tk_very_secret ${bench.folder} || true`)).toBe('')
  })
})

describe('what is refused, with words', () => {
  test.each<[string, Parameters<typeof commandBench>, object, string]>([
    ['no command', [[]], {}, 'no command is configured'],
    [
      'a command that is nowhere',
      [['no-such-agent', '-p']],
      {},
      'no-such-agent is not on the agent’s PATH',
    ],
    ['a path that is nowhere', [['/no/such/agent']], {}, '/no/such/agent cannot be run'],
    [
      'a script of the worktree that is not there',
      [['./agent.sh']],
      {},
      'could not be started: ENOENT',
    ],
    ['a folder', [['/tmp']], {}, '/tmp cannot be run'],
    [
      'a prompt too long for an argument',
      [['echo', '{prompt}']],
      { prompt: 'x'.repeat(140_000) },
      'standard input',
    ],
    ['a run that names a path', [['true']], { run: '../../etc' }, 'no run’s name'],
    ['a branch that git refuses', [['true']], { branch: '-x..y' }, 'no name for a branch'],
    ['a branch that is there already', [['true']], { branch: 'main' }, 'delete or rename it'],
    [
      'a landing branch that is not there',
      [['true'], { landingBranch: 'nope' }],
      {},
      'origin has no branch nope',
    ],
    ['a commit that is nowhere', [['true']], { base: 'a'.repeat(40) }, 'has no commit aaaa'],
    [
      'a clone that is not there',
      [['true'], { repo: '/no/clone' }],
      {},
      'clone the repository to it',
    ],
    ['a folder that is no clone', [['true'], { repo: '/tmp' }], {}, 'is no whole clone'],
    [
      'a run whose worktree is gone',
      [['true']],
      { continues: 'run_gone' },
      'the worktree of run_gone is gone',
    ],
  ])('%s', async (_, [argv, more], changed, detail) => {
    const bench = commandBench(argv, more)
    const order = bench.order(changed)
    const answer = await bench.executor.ask(order)
    expect(answer).toEqual({ type: 'refused', detail: says(detail) })
    expect(await bench.node().ask(order)).toEqual(answer)
  })

  test('a clone without a remote', async () => {
    const bench = commandBench(['true'])
    bench.sh('git remote remove origin')
    const detail = says('no whole clone with a remote "origin"')
    expect(await bench.executor.ask(bench.order())).toEqual({ type: 'refused', detail })
  })
})

test('a remote that does not answer is unreachable, without its secret, and asked again it is adopted', async () => {
  const bench = commandBench('echo well')
  bench.sh('git remote set-url origin http://me:tk_secret@127.0.0.1:1/x.git')
  const answer = await bench.executor.ask(bench.order())
  expect(answer).toEqual({ type: 'unreachable', detail: says('origin could not be asked') })
  expect(JSON.stringify(answer)).not.toContain('tk_secret')
  bench.sh(`git remote set-url origin ${bench.origin}`)
  expect(await bench.executor.ask(bench.order())).toMatchObject({ type: 'adopted' })
})

test('a turn that was adopted is found while the remote does not answer', async () => {
  const bench = commandBench('echo well')
  const adopted = await bench.executor.ask(bench.order())
  bench.sh('git remote set-url origin /no/where')
  expect(await bench.node().ask(bench.order())).toEqual(adopted)
  const second = bench.order({ turn: 2 })
  expect(await bench.executor.ask(second)).toEqual(adopted)
})

test('a folder that cannot be written to is unreachable: it may be mended', async () => {
  const file = join(temporaryFolder(), 'file')
  const bench = commandBench('echo well')
  bench.sh(`touch ${file}`)
  const executor = bench.node({ folder: join(file, 'agents') })
  expect(await executor.ask(bench.order())).toMatchObject({ type: 'unreachable' })
})

test('a worktree that its agent deleted comes back with what was committed', async () => {
  const bench = commandBench('git commit -q --allow-empty -m kept; rm -rf "$PWD"')
  const adopted = await bench.executor.ask(bench.order())
  await bench.over()
  expect(existsSync(bench.worktree)).toBe(false)
  const argv = ['git', 'log', '-1', '--format=%s']
  expect(await bench.node({ argv }).ask(bench.order({ turn: 2 }))).toEqual(adopted)
  expect(await bench.over({ ...bench.turn, turn: 2 })).toMatchObject({ end: { said: 'kept' } })
})

describe('a run that continues another', () => {
  test('goes on in its worktree, with what was not committed, on a branch of its own', async () => {
    const bench = commandBench('echo two > b.txt; git branch --show-current; ls')
    const adopted = await bench.executor.ask(bench.order())
    await bench.over()
    const next = bench.order({ run: `${bench.turn.run}-b`, continues: bench.turn.run })
    expect(await bench.executor.ask(next)).toEqual(adopted)
    const said = `${next.branch}\na.txt\nb.txt`
    expect(await bench.over(next)).toMatchObject({ end: { said } })
    expect(existsSync(join(bench.folder, 'worktrees', next.run))).toBe(false)
    expect(await bench.executor.tidy(bench.turn.run)).toMatchObject({ why: says('goes on in it') })
  })

  test('waits while the other’s agent works', async () => {
    const bench = commandBench('exec sleep 300')
    await bench.executor.ask(bench.order())
    const next = bench.order({ run: `${bench.turn.run}-b`, continues: bench.turn.run })
    expect(await bench.executor.ask(next)).toEqual({
      type: 'unreachable',
      detail: says('still runs'),
    })
  })

  test('is refused in the middle of a rebase, and says where', async () => {
    const bench = commandBench('echo well')
    await bench.executor.ask(bench.order())
    await bench.over()
    const conflict = 'echo x > a.txt; git commit -qam x; git switch -q -c o HEAD~; echo y > a.txt'
    bench.sh(
      `${conflict}; git commit -qam y; git switch -q -; git rebase -q o || true`,
      bench.worktree,
    )
    const next = bench.order({ run: `${bench.turn.run}-b`, continues: bench.turn.run })
    expect(await bench.executor.ask(next)).toEqual({
      type: 'refused',
      detail: says(bench.worktree),
    })
  })
})

test('what a turn that is over left running has ended before the next one starts', async () => {
  const leave = 'if [ $AFK_TURN = 1 ]; then sleep 300 & echo $! > "$EVIDENCE/left"; fi; echo well'
  const bench = commandBench(leave)
  await bench.executor.ask(bench.order())
  await bench.over()
  const [pid] = bench.told('left')
  expect(existsSync(`/proc/${pid}`)).toBe(true)
  expect(await bench.executor.ask(bench.order({ turn: 2 }))).toMatchObject({ type: 'adopted' })
  await bench.over({ ...bench.turn, turn: 2 })
  const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ') Z'
  expect(stat).toMatch(/\) Z/)
})

test('a turn that a person took is refused: a command has no conversation', async () => {
  const bench = commandBench('echo x >> "$EVIDENCE/begun"')
  const detail = expect.stringContaining('start the issue anew') as string
  const asked = await bench.executor.ask(bench.order({ visit: 'turn-1' }))
  expect(asked).toEqual({ type: 'refused', detail })
  expect(await bench.executor.look([bench.turn])).toEqual([])
  const visited = { run: bench.turn.run, thread: 'thread_1', since: 0 }
  expect(await bench.executor.visits([visited])).toEqual([])
})
