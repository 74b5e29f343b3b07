/** Whether the bell works: each channel, what was given up, how it has done by week, and a drill. */
import { useEffect } from 'preact/hooks'

import { AskFirst } from './act.tsx'
import { useCell } from './cell.ts'
import { ChannelCard } from './channel-card.tsx'
import { drill, resend } from './deeds.ts'
import { bell, dead, quietly, readBell, status } from './desk.ts'
import { Device } from './device.tsx'
import { bellWords } from './headline.tsx'
import { Disarmed } from './loop-controls.tsx'
import { RingRow } from './ring-row.tsx'
import { Weeks } from './weeks.tsx'

export function BellView() {
  useEffect(() => quietly(readBell()), [])
  const now = useCell(status)
  const facts = useCell(bell)
  if (now === null) return null
  return (
    <>
      <section aria-labelledby="channels">
        <h2 id="channels">Channels</h2>
        <p>{bellWords(now)}.</p>
        <div class="cards">
          {(facts?.channels ?? []).map((channel) => (
            <ChannelCard key={channel.name} channel={channel} />
          ))}
        </div>
        <div class="acts">
          <AskFirst
            label="Drill"
            question="Ring every channel now, marked as a drill?"
            work={drill}
          />
        </div>
      </section>
      <GivenUp />
      {facts !== null && <Weeks weeks={facts.weeks} />}
      <section aria-labelledby="loop">
        <h2 id="loop">Loop</h2>
        {now.loop.armed ? <p>The loop is armed.</p> : <Disarmed missing={now.loop.missing} />}
        <p class="small">
          AFK {now.version}. Thread links: {now.threadLinks}.
        </p>
      </section>
      <Device />
    </>
  )
}

function GivenUp() {
  const page = useCell(dead)
  if (page === null || page.rings.length === 0) return null
  const { rings, next } = page
  const count = next === null ? `${rings.length}` : `the newest ${rings.length}`
  return (
    <section aria-labelledby="given-up">
      <h2 id="given-up">Given up</h2>
      <ul class="rows">
        {rings.map((ring) => (
          <RingRow key={ring.id} ring={ring} />
        ))}
      </ul>
      <div class="acts">
        <AskFirst
          label="Send all again"
          question={`Send ${count} ${rings.length === 1 ? 'ring' : 'rings'} again, each to the channels that gave it up?`}
          work={async () => {
            for (const ring of rings)
              for (const channel of deadChannels(ring.deliveries)) await resend(ring.id, channel)
            await readBell()
          }}
        />
      </div>
    </section>
  )
}

type Standing = { readonly channel: string; readonly state: string; readonly wave: number }

/** Those whose last delivery is dead. */
function deadChannels(deliveries: readonly Standing[]): readonly string[] {
  const last = new Map<string, Standing>()
  for (const each of deliveries)
    if ((last.get(each.channel)?.wave ?? -1) < each.wave) last.set(each.channel, each)
  return [...last.values()].filter(({ state }) => state === 'dead').map(({ channel }) => channel)
}
