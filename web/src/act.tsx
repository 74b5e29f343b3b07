/**
 * Buttons that do something. A plain one does it at once; one that asks shows first what it would do, and does it at
 * the second word only. Both say what the node refused, and cannot be pressed twice meanwhile.
 */
import type { ComponentChildren } from 'preact'
import { useLayoutEffect, useRef, useState } from 'preact/hooks'

import { wordsOf } from './ask.ts'

type Doing = {
  readonly isBusy: boolean
  readonly wrong: string | null
  /** Whether it was done. */
  start(): Promise<boolean>
}

/** `work` may read again what it changed. */
export function useDoing(work: () => Promise<unknown>): Doing {
  const [isBusy, setBusy] = useState(false)
  const [wrong, setWrong] = useState<string | null>(null)

  async function start() {
    setBusy(true)
    setWrong(null)
    try {
      await work()
      return true
    } catch (error) {
      setWrong(wordsOf(error))
      return false
    } finally {
      setBusy(false)
    }
  }

  return { isBusy, wrong, start }
}

export function Wrong({ wrong }: { readonly wrong: string | null }) {
  return wrong === null ? null : (
    <p class="wrong" role="alert">
      {wrong}
    </p>
  )
}

type Plain = {
  readonly label: string
  readonly work: () => Promise<unknown>
  readonly isMain?: boolean
  readonly isQuiet?: boolean
  /** What it is of, for who does not see where it stands. */
  readonly of?: string
}

export function Act({ label, work, of, ...look }: Plain) {
  const { isBusy, wrong, start } = useDoing(work)
  return (
    <>
      <button type="button" class={classOf(look)} disabled={isBusy} onClick={() => void start()}>
        {isBusy ? `${label} …` : label}
        {of !== undefined && <span class="unseen"> {of}</span>}
      </button>
      <Wrong wrong={wrong} />
    </>
  )
}

function classOf({ isMain = false, isQuiet = false }: Pick<Plain, 'isMain' | 'isQuiet'>): string {
  if (isMain) return 'button main'
  return isQuiet ? 'button quiet' : 'button'
}

type Asking = Plain & {
  readonly question: string
  /** Default: the label. */
  readonly yes?: string
  /** What can be filled in. */
  readonly children?: ComponentChildren
}

export function AskFirst({ of, ...asking }: Asking) {
  const [isAsked, setAsked] = useState(false)

  return (
    <>
      <Asker {...asking} of={of} asked={() => setAsked(true)} />
      {isAsked && <Question gone={() => setAsked(false)} {...asking} />}
    </>
  )
}

/** Opens a question. */
export function Asker({
  label,
  of,
  asked,
  ...look
}: Omit<Plain, 'work' | 'of'> & {
  readonly of?: string | undefined
  readonly asked: () => void
}) {
  return (
    <button type="button" class={classOf(look)} aria-haspopup="dialog" onClick={asked}>
      {label}
      {of !== undefined && <span class="unseen"> {of}</span>}
    </button>
  )
}

export function Question({
  label,
  question,
  yes = label,
  work,
  children,
  gone,
}: Asking & { readonly gone: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null)
  const { isBusy, wrong, start } = useDoing(work)
  // At once: what is typed next belongs into it.
  useLayoutEffect(() => dialog.current?.showModal(), [])

  /** Closed first: then the focus is where it was before, unless that is gone. */
  function close() {
    const { current: open } = dialog
    open?.close()
    const { activeElement: focused, body } = document
    if (focused === body || open?.contains(focused))
      document.querySelector<HTMLElement>('#main')?.focus({ preventScroll: true })
    gone()
  }

  async function submit(event: Event) {
    event.preventDefault()
    if (await start()) close()
  }

  return (
    <dialog ref={dialog} aria-label={label} onCancel={close}>
      <form onSubmit={(event) => void submit(event)}>
        <p class="question">{question}</p>
        {children}
        <Wrong wrong={wrong} />
        <div class="acts">
          <button type="submit" class="button main" disabled={isBusy}>
            {isBusy ? `${yes} …` : yes}
          </button>
          <button type="button" class="button" onClick={close}>
            Not now
          </button>
        </div>
      </form>
    </dialog>
  )
}
