/** A ring's kind or a run's phase as a word with a mark: never by its colour alone. */
const words: Readonly<Record<string, string>> = {
  done: 'Done',
  'needs-human': 'Needs a human',
  frozen: 'Frozen',
  withdrawn: 'Withdrawn',
  queued: 'Queued',
  dispatching: 'Starting',
  working: 'Working',
  'paused-for-limit': 'Waits for a usage limit',
  checking: 'Checking',
  fixing: 'Mending',
}

const marks: Readonly<Record<string, string>> = {
  done: '✓',
  'needs-human': '?',
  frozen: '!',
  withdrawn: '–',
}

export function Kind({
  kind,
  isLoud = false,
}: {
  readonly kind: string
  readonly isLoud?: boolean
}) {
  const mark = marks[kind]
  return (
    <span class={isLoud ? 'kind loud' : 'kind'}>
      {mark !== undefined && (
        <span class="mark-of" aria-hidden="true">
          {mark}
        </span>
      )}
      {words[kind] ?? kind}
    </span>
  )
}
