/** What can be asked of a run or an issue. Each asks once. */
import { useRef } from 'preact/hooks'

import { AskFirst } from './act.tsx'
import { useCell } from './cell.ts'
import { goOn, grant, type Issue, start, stop } from './deeds.ts'
import { status } from './desk.ts'
import { runHref } from './route.ts'
import type { Run } from './shapes.ts'

function useIsArmed(): boolean {
  return useCell(status)?.loop.armed ?? false
}

type Stopping = { readonly id: string; readonly issueRef: string }

export function Stop({ id, issueRef }: Stopping) {
  if (!useIsArmed()) return null
  return (
    <AskFirst
      label="Stop"
      of={issueRef}
      question={`Stop the run of ${issueRef}? It ends as withdrawn, its agent is ended, and nobody is rung.`}
      yes="Stop it"
      work={() => stop(id)}
    />
  )
}

/** Only where there is something to go on in. */
export function GoOn({
  run,
}: {
  readonly run: Pick<Run, 'issue' | 'issueRef' | 'phase' | 'endedAt'>
}) {
  const isArmed = useIsArmed()
  if (!isArmed || run.endedAt === null || run.phase === 'done') return null
  return (
    <AskFirst
      label="Continue"
      of={run.issueRef}
      question={`Let an agent go on with ${run.issueRef}, in the place and thread of this run?`}
      work={async () => show(await goOn(run.issue))}
      isMain
    />
  )
}

const show = (run: string) => {
  window.location.hash = runHref(run)
}

/** What is offered unblocks the run, as its next step says. */
export function Grant({
  run: { issue, verdict },
}: {
  readonly run: Pick<Run, 'issue' | 'verdict'>
}) {
  const isArmed = useIsArmed()
  const form = useRef<HTMLDivElement>(null)
  if (!isArmed) return null
  const ref = `${issue.repo}#${issue.number}`
  const first = offered(verdict)
  const value = (name: string) =>
    form.current?.querySelector<HTMLInputElement>(`[name=${name}]`)?.value ?? ''
  const granted = () => ({
    attempts: Number(value('attempts')),
    minutes: Number(value('minutes')),
    costUsd: Number(value('costUsd')),
    why: value('why'),
  })
  return (
    <AskFirst
      label="Grant more"
      of={ref}
      question={`Give ${ref} more of its budget. Nothing takes it back.`}
      yes="Grant"
      work={() => grant(issue, granted())}
    >
      <div ref={form} class="fields">
        <Amount name="attempts" label="Corrective turns" first={first.attempts} />
        <Amount name="minutes" label="Minutes" first={first.minutes} />
        <Amount name="costUsd" label="US dollars" first={first.costUsd} />
        <label class="wide">
          Why
          <input name="why" required maxLength={2_000} autocomplete="off" />
        </label>
      </div>
    </AskFirst>
  )
}

const nothing = { attempts: 0, minutes: 0, costUsd: 0 }

function offered(verdict: Run['verdict']) {
  switch (verdict?.cause === 'cost' ? 'money' : verdict?.ranOut) {
    case 'attempts':
      return { ...nothing, attempts: 2 }
    case 'minutes':
      return { ...nothing, minutes: 30 }
    case 'money':
      return { ...nothing, costUsd: 20 }
    case null:
    case undefined:
      return { ...nothing, attempts: 2, minutes: 30 }
  }
}

type Amounting = { readonly name: string; readonly label: string; readonly first: number }

function Amount({ name, label, first }: Amounting) {
  return (
    <label>
      {label}
      <input
        name={name}
        type="number"
        inputMode="decimal"
        min={0}
        max={10_000}
        step={name === 'costUsd' ? 'any' : 1}
        defaultValue={String(first)}
        required
      />
    </label>
  )
}

export function Start() {
  const input = useRef<HTMLInputElement>(null)
  return (
    <AskFirst
      label="Start an issue"
      question="Start an agent on an issue now. It must be ready, and its repository free."
      yes="Start"
      work={async () => show(await start(issueOf(input.current?.value ?? '')))}
    >
      <label>
        Issue
        <input
          ref={input}
          placeholder="infra#42"
          required
          pattern="[^#]+#[1-9][0-9]*"
          title="a repository and a number, such as infra#42"
          autocapitalize="off"
          autocomplete="off"
          spellcheck={false}
        />
      </label>
    </AskFirst>
  )
}

function issueOf(text: string): Issue {
  const at = text.indexOf('#')
  return { repo: text.slice(0, at).trim(), number: Number(text.slice(at + 1)) }
}
