/** Says that a person heard it: at once, or with a note. */
import { useRef } from 'preact/hooks'

import { Act, AskFirst } from './act.tsx'
import { acknowledge } from './deeds.ts'

export function Acknowledge({ id, issueRef }: { readonly id: string; readonly issueRef: string }) {
  const note = useRef<HTMLTextAreaElement>(null)
  return (
    <>
      <Act label="Acknowledge" of={issueRef} work={() => acknowledge(id, '')} isMain />
      <AskFirst
        label="With a note"
        of={`acknowledge ${issueRef}`}
        question={`Acknowledge ${issueRef}: you heard it.`}
        yes="Acknowledge"
        work={() => acknowledge(id, note.current?.value ?? '')}
      >
        <label>
          Note
          <textarea ref={note} rows={3} maxLength={2_000} />
        </label>
      </AskFirst>
    </>
  )
}
