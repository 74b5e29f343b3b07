/** What became of a ring on each of its channels, and every try of it, in plain words. */
import { useState } from 'preact/hooks'

import { Act } from './act.tsx'
import { Ago, durationWords } from './ago.tsx'
import { useCell } from './cell.ts'
import { resend } from './deeds.ts'
import { status } from './desk.ts'
import { isDeadNow } from './given-up.ts'
import { NextTry } from './next-try.tsx'
import type { Delivery, Ring } from './shapes.ts'

export function Deliveries({ ring }: { readonly ring: Ring }) {
  const { id, issueRef, deliveries } = ring
  const channels = useCell(status)?.channels ?? []
  const isKnown = (channel: string) => channels.some(({ name }) => name === channel)
  const isOpen = (channel: string) =>
    channels.some(({ name, state }) => name === channel && state === 'open')
  return (
    <section aria-label="Deliveries">
      <h3>Deliveries</h3>
      {deliveries.length === 0 && <p class="none">It is owed to no channel.</p>}
      <ol class="plain">
        {deliveries.map((delivery) => (
          <li key={delivery.id} class="delivery">
            <p class={isDeadNow(delivery, deliveries) ? 'bad' : undefined}>{delivery.says}</p>
            {delivery.state === 'due' && delivery.dueAt !== null && isOpen(delivery.channel) && (
              <NextTry at={delivery.dueAt} />
            )}
            {delivery.note !== null && <p class="small">It says, too: {delivery.note}</p>}
            <Tries delivery={delivery} />
            {isDeadNow(delivery, deliveries) && isKnown(delivery.channel) && (
              <SendAgain ring={id} issueRef={issueRef} channel={delivery.channel} />
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}

type Sending = { readonly ring: string; readonly issueRef: string; readonly channel: string }

/** Once for each delivery: what was sent is another one, and this one is not dead any more once it is read. */
function SendAgain({ ring, issueRef, channel }: Sending) {
  const [isSent, setSent] = useState(false)
  if (isSent) return <p class="small">It is sent again.</p>
  return (
    <Act
      label={`Send again to ${channel}`}
      of={issueRef}
      work={async () => {
        await resend(ring, channel)
        setSent(true)
      }}
    />
  )
}

function Tries({ delivery: { tried } }: { readonly delivery: Delivery }) {
  if (tried.length === 0) return null
  return (
    <ol class="tries">
      {tried.map(({ number, at, ms, outcome, says }) => (
        <li key={`${number} ${at}`}>
          <Ago at={at} /> · {says}
          {outcome !== 'accepted' && ` (after ${durationWords(ms)})`}
        </li>
      ))}
    </ol>
  )
}
