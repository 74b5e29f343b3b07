/**
 * What of a world that is over is not as it must be: a line for each, none where every promise was kept.
 *
 * What the store says is held against what was seen from outside: the agents' own notes, what landed, the
 * issues' files, and the requests that the receiver of its rings got. Pure.
 */
import type { Scene } from '../src/demo/script.ts'
import type { Run } from '../src/run/run.ts'
import type { Facts, Note } from './loop-world-facts.ts'

/** What the receiver got: by the ring's key, each ring's id with the `webhook-id` it came under. */
export type Heard = ReadonlyMap<string, ReadonlySet<string>>

export function wrongs(scenes: readonly Scene[], facts: Facts, heard: Heard): readonly string[] {
  const runsOf = ({ number }: Scene) => facts.runs.filter(({ issue }) => issue.number === number)
  return [
    ...agents(facts),
    ...scenes.flatMap((scene) => verdicts(scene, runsOf(scene))),
    ...facts.runs.flatMap((run) => turns(run, facts)),
    ...facts.runs.flatMap((run) => commits(run, facts)),
    ...facts.runs.flatMap((run) => rings(run, facts, heard)),
    ...facts.runs.flatMap((run) => chores(run, facts)),
    ...scenes.flatMap((scene) => issues(scene, runsOf(scene), facts)),
    ...left(scenes, facts),
  ]
}

/** No turn twice, and never two agents in one repository. */
function agents({ notes }: Facts): readonly string[] {
  const starts = notes.filter(({ what }) => what === 'start').map(turnOf)
  const twice = starts.filter((name, at) => starts.indexOf(name) !== at)
  const violations = notes.filter(({ what }) => what === 'violation').map(turnOf)
  return [
    ...twice.map((name) => `${name} was started twice`),
    ...violations.map((name) => `${name} found another agent in its repository`),
  ]
}

const turnOf = ({ run, turn }: Pick<Note, 'run' | 'turn'>) => `${run}.${turn}`

function verdicts({ number, verdicts: written }: Scene, its: readonly Run[]): readonly string[] {
  const said = its.map(({ state }) => state).join(', ')
  const isInPlace = its.every(({ continues }, at) => continues === (its[at - 1]?.id ?? null))
  return [
    ...(said === written.join(', ') ? [] : [`#${number} ended ${said}`]),
    ...(isInPlace ? [] : [`#${number} does not go on where it was`]),
  ]
}

/** What was asked is what was started, and what was charged. */
function turns({ id, state }: Run, { ledger, notes }: Facts): readonly string[] {
  const asked = ledger.flatMap(({ run, what }) =>
    run === id && what.type === 'asked' ? [what] : [],
  )
  const started = notes.filter(({ what, run }) => what === 'start' && run === id)
  const fixes = asked.filter(({ charge }) => charge === 'attempt').length
  const wrong = [
    ...asked.filter(({ charge }) => charge === 'loss').map(() => 'lost a turn'),
    ...asked
      .filter(({ turn }, at) => turn !== at + 1)
      .map(({ turn }) => `was asked turn ${turn} out of turn`),
    ...(started.length === asked.length || isEndedEarly(state, started.length, asked.length)
      ? []
      : [`was asked ${asked.length} turns and started ${started.length}`]),
    ...(fixes === started.filter(({ turn }) => turn > 1).length ? [] : [`was charged ${fixes}`]),
    ...(state === 'frozen' && fixes !== 2 ? [`is frozen after ${fixes} fixes`] : []),
  ]
  return wrong.map((what) => `${id} ${what}`)
}

/** Its agent may have been ended before it could note anything. */
function isEndedEarly(state: Run['state'], started: number, asked: number): boolean {
  return state === 'withdrawn' && asked === 1 && started === 0
}

/** What landed is what its agent says that it pushed, and the newest of it is what the run ended with. */
function commits(run: Run, { landed, notes }: Facts): readonly string[] {
  const its = landed.filter((each) => each.run === run.id).map(({ commit }) => commit)
  const pushed = notes.flatMap((note) =>
    note.what === 'end' && note.run === run.id && note.commit ? [note.commit] : [],
  )
  const named = 'commit' in run ? run.commit : null
  return [
    ...(its.join() === pushed.join()
      ? []
      : [`${run.id} landed ${its.join()}, not ${pushed.join()}`]),
    ...(named === (its.at(-1) ?? null) ? [] : [`${run.id} ended with ${named}`]),
  ]
}

function rings({ id, state }: Run, facts: Facts, heard: Heard): readonly string[] {
  const its = facts.rings.filter(({ key, runId }) => runId === id || key === `run:${id}`)
  const owed = state === 'withdrawn' ? 0 : 1
  const got = heard.get(`run:${id}`)?.size ?? 0
  const open = facts.deliveries.filter((each) => each.runId === id && each.state !== 'accepted')
  return [
    ...(its.length === owed ? [] : [`${id} has ${its.length} rings`]),
    ...its.filter(({ kind }) => kind !== state).map(({ kind }) => `${id} rang ${kind}`),
    ...(got === owed ? [] : [`${id} was heard as ${got} rings`]),
    ...open.map((each) => `${id} has a delivery that is ${each.state}`),
  ]
}

const every = 'mark-issue, stop-agent, tell-issue, tidy-worktree, free-slot'

function chores({ id }: Run, facts: Facts): readonly string[] {
  const its = facts.chores.filter(({ runId }) => runId === id)
  const kinds = its.map(({ kind }) => kind).join(', ')
  return [
    ...(kinds === every ? [] : [`${id} has the chores ${kinds}`]),
    ...its.filter(({ isDone }) => !isDone).map(({ kind }) => `${id} has not done ${kind}`),
  ]
}

const marker = '<!-- afk: below this line AFK writes -->'

/** Each effect once: one comment of the last run, its labels, and closed by whoever had to. */
function issues({ number, body }: Scene, its: readonly Run[], facts: Facts): readonly string[] {
  const text = facts.issue(number)
  const last = its.at(-1)
  const comments = text.split(marker).length - 1
  const labels = /^labels: \[(.*)\]$/m.exec(text)?.[1]
  const isClosed = /^state: closed\b/m.test(text)
  const isClosedByUs = /^closed_by: \{ who: afk \}/m.test(text)
  const wrong = [
    ...(text.includes(`\n${body}\n`) ? [] : ['has lost its text']),
    ...(comments === 1 ? [] : [`has ${comments} comments`]),
    ...(last && text.includes(`AFK ${last.id}\n`) ? [] : ['does not tell of its last run']),
    ...(labels === (last?.state === 'frozen' ? 'ready-for-human' : '')
      ? []
      : [`is labelled ${labels}`]),
    ...(isClosed === (last?.state !== 'frozen') ? [] : [`is ${isClosed ? 'closed' : 'open'}`]),
    ...(isClosedByUs === (last?.state === 'done') ? [] : ['was closed by the wrong one']),
  ]
  return wrong.map((what) => `#${number} ${what}`)
}

/** Only what a person is called to stays. */
function left(scenes: readonly Scene[], facts: Facts): readonly string[] {
  const kept = facts.runs.filter(({ state }) => state === 'frozen')
  const worktrees = kept.map(({ id }) => id)
  const branches = ['main', ...kept.map(({ branch }) => branch)]
  return [
    ...differences('worktree', facts.worktrees, worktrees),
    ...differences('branch', facts.branches, branches),
    ...(facts.issueFiles.length === scenes.length ? [] : [`issues: ${facts.issueFiles.join()}`]),
    ...facts.slots.map((run) => `${run} has a slot`),
    ...facts.processes.map((one) => `is alive: ${one}`),
  ]
}

function differences(what: string, there: readonly string[], wanted: readonly string[]) {
  return [
    ...there.filter((one) => !wanted.includes(one)).map((one) => `the ${what} ${one} is left`),
    ...wanted.filter((one) => !there.includes(one)).map((one) => `the ${what} ${one} is gone`),
  ]
}
