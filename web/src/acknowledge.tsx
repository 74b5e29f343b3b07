/**
 * Says that a person heard a ring: at once, or with a note. What was typed of a note stays until it was sent or
 * dismissed, also where somebody else acknowledges the ring meanwhile, or the session ends.
 */
import { Act, Asker, Question } from './act.tsx'
import { cell, useCell } from './cell.ts'
import { acknowledge } from './deeds.ts'

type Note = { readonly id: string; readonly issueRef: string; readonly text: string }

const note = cell<Note | null>(null)

export function Acknowledge({ id, issueRef }: { readonly id: string; readonly issueRef: string }) {
  return (
    <>
      <Act label="Acknowledge" of={issueRef} work={() => acknowledge(id, '')} isMain />
      <Asker
        label="With a note"
        of={`acknowledge ${issueRef}`}
        asked={() => note.set({ id, issueRef, text: '' })}
      />
    </>
  )
}

/** Above all that may change below it. */
export function NoteBeingWritten() {
  const now = useCell(note)
  if (now === null) return null
  const { id, issueRef, text } = now
  return (
    <Question
      label="With a note"
      question={`Acknowledge ${issueRef}: you heard it.`}
      yes="Acknowledge"
      work={() => acknowledge(id, text)}
      gone={() => note.set(null)}
    >
      <label>
        Note
        <textarea
          rows={3}
          maxLength={2_000}
          value={text}
          onInput={({ currentTarget }) => note.set({ ...now, text: currentTarget.value })}
        />
      </label>
    </Question>
  )
}
