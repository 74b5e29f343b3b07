/** What was given up: each such ring, and all of it once more. What one channel refuses keeps no other from its own. */
import { AskFirst } from './act.tsx'
import { Refusal, wordsOf } from './ask.ts'
import { useCell } from './cell.ts'
import { resend } from './deeds.ts'
import { dead, readBell, settled, status } from './desk.ts'
import { deadChannels } from './given-up.ts'
import { RingRow } from './ring-row.tsx'
import type { RingPage } from './shapes.ts'

type Owed = { readonly ring: string; readonly issueRef: string; readonly channel: string }

export function GivenUp() {
  const page = useCell(dead)
  const channels = useCell(status)?.channels ?? []
  if (page === null || page.rings.length === 0) return null
  const owed = owedOf(page)
  const isThere = ({ channel }: Owed) => channels.some(({ name }) => name === channel)
  const sendable = owed.filter(isThere)
  const gone = new Set(owed.filter((each) => !isThere(each)).map(({ channel }) => channel))
  return (
    <section aria-labelledby="given-up">
      <h2 id="given-up">Given up</h2>
      <ul class="rows">
        {page.rings.map((ring) => (
          <RingRow key={ring.id} ring={ring} />
        ))}
      </ul>
      {gone.size > 0 && (
        <p>Nothing can be sent to {[...gone].join(', ')} any more: the node has no such channel.</p>
      )}
      {sendable.length > 0 && (
        <div class="acts">
          <AskFirst
            label="Send all again"
            question={questionOf(sendable, page.next !== null)}
            work={() => sendAgain(sendable)}
          />
        </div>
      )}
    </section>
  )
}

function owedOf({ rings }: RingPage): readonly Owed[] {
  return rings.flatMap(({ id, issueRef, deliveries }) =>
    deadChannels(deliveries).map((channel) => ({ ring: id, issueRef, channel })),
  )
}

function questionOf(owed: readonly Owed[], hasMore: boolean): string {
  const count = new Set(owed.map(({ ring }) => ring)).size
  const rings = count === 1 ? 'ring' : 'rings'
  return `Send ${hasMore ? 'the newest ' : ''}${count} ${rings} again, each to the channels that gave it up?`
}

/** Throws what was refused, once all else was sent. */
async function sendAgain(owed: readonly Owed[]): Promise<void> {
  const refused: string[] = []
  for (const { ring, issueRef, channel } of owed) {
    try {
      await resend(ring, channel)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refused.push(`${issueRef} to ${channel}: ${wordsOf(error)}`)
    }
  }
  await settled(readBell())
  if (refused.length > 0) throw new Error(`Not sent: ${refused.join('; ')}`)
}
