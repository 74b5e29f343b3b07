/** A channel's health: open or closed, what it took last, what waits for it, and what it did not take. */
import { howWords } from '../../src/server/delivery-words.ts'
import { Ago } from './ago.tsx'
import { NextTry } from './next-try.tsx'
import type { BellFacts } from './shapes.ts'

type Channel = BellFacts['channels'][number]

export function ChannelCard({ channel }: { readonly channel: Channel }) {
  const { name, type, state, detail, probeAt, lastAcceptedAt, failures } = channel
  return (
    <article class={state === 'closed' ? 'card loud' : 'card'} aria-label={name}>
      <header class="card-head">
        <h3>
          {name} <span class="small">{type}</span>
        </h3>
        <span class={state === 'closed' ? 'bad' : undefined}>{state}</span>
      </header>
      {state === 'closed' && <p class="bad">{detail}</p>}
      {state === 'closed' && probeAt !== null && <NextTry at={probeAt} />}
      <dl class="facts">
        <dt>Accepted last</dt>
        <dd>{lastAcceptedAt === null ? 'nothing yet' : <Ago at={lastAcceptedAt} />}</dd>
        <dt>Waits</dt>
        <dd>
          <Waiting channel={channel} />
        </dd>
        <dt>Given up</dt>
        <dd class={channel.dead > 0 ? 'bad' : undefined}>
          {channel.dead === 0 ? 'none' : channel.dead}
        </dd>
        <dt>Not taken, this week</dt>
        <dd>
          {failures.length === 0
            ? 'none'
            : failures.map(({ code, count }) => `${count} ${howWords(code)}`).join(', ')}
        </dd>
      </dl>
    </article>
  )
}

function Waiting({ channel: { due, oldestDueAt } }: { readonly channel: Channel }) {
  if (due === 0) return <>nothing</>
  return (
    <>
      {due}
      {oldestDueAt !== null && (
        <>
          , the oldest rung <Ago at={oldestDueAt} />
        </>
      )}
    </>
  )
}
