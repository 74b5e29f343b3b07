/** One ring: what happened, its proof, what to do, and how it was delivered. */
import { Acknowledge } from './acknowledge.tsx'
import { AskFirst } from './act.tsx'
import { absolute, Ago } from './ago.tsx'
import { resend } from './deeds.ts'
import { Deliveries } from './deliveries.tsx'
import { Kind } from './kind.tsx'
import { OutLink } from './out-link.tsx'
import { Proof } from './proof.tsx'
import { isOpen } from './ring-lists.ts'
import type { Ring } from './shapes.ts'
import { useRead } from './use-read.ts'

export function RingView({ id }: { readonly id: string }) {
  const reading = useRead<Ring>(`/v1/rings/${encodeURIComponent(id)}`, id)
  return (
    <>
      <p class="back">
        <a href="#/rings">All rings</a>
      </p>
      {reading.is === 'gone' && <p class="none">{reading.words}</p>}
      {reading.is === 'there' && <Whole key={id} ring={reading.value} />}
    </>
  )
}

function Whole({ ring }: { readonly ring: Ring }) {
  const { id, kind, issueRef, issue, acceptedAt, source, link, acknowledged, run } = ring
  return (
    <article class={isOpen(ring) ? 'card loud whole' : 'card whole'} data-ring={id}>
      <header class="card-head">
        <Kind kind={kind} isLoud={isOpen(ring)} />
        <Ago at={acceptedAt} />
      </header>
      <h2 tabIndex={-1}>
        <span class="ref">{issueRef}</span> {issue.title ?? ''}
      </h2>
      <p class="detail" dir="auto">
        {detailOf(ring)}
      </p>
      <p class="small">
        Rung {absolute(acceptedAt)} by {source}.{' '}
        {acknowledged !== null && (
          <>
            Acknowledged by {acknowledged.by} <Ago at={acknowledged.at} />
            {acknowledged.note === null ? '.' : `: ${acknowledged.note}`}
          </>
        )}
      </p>
      <div class="acts">
        {isOpen(ring) && <Acknowledge id={id} issueRef={issueRef} />}
        {link !== null && (
          <OutLink href={link} isButton isThread>
            Open thread
          </OutLink>
        )}
        {issue.url !== undefined && issue.url !== link && (
          <OutLink href={issue.url} isButton>
            Open issue
          </OutLink>
        )}
        <AskFirst
          label="Send again"
          question={`Send ${issueRef} again, to every channel that had it?`}
          work={() => resend(id)}
        />
      </div>
      {run !== null && <Proof run={run} />}
      <Deliveries ring={ring} />
    </article>
  )
}

/** Below its text a ring has the line of its thread, which is a button here. */
function detailOf({ body, link }: Ring): string {
  const below = `\nThread: ${link}`
  return link !== null && body.endsWith(below) ? body.slice(0, -below.length) : body
}
