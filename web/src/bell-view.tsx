/** Whether the bell works: each channel, what was given up, how it has done by week, and a drill. */
import { useEffect } from 'preact/hooks'

import { AskFirst } from './act.tsx'
import { useCell } from './cell.ts'
import { ChannelCard } from './channel-card.tsx'
import { drill } from './deeds.ts'
import { bell, quietly, readBell, status } from './desk.ts'
import { Device } from './device.tsx'
import { GivenUp } from './given-up-view.tsx'
import { bellWords } from './headline.tsx'
import { Disarmed } from './loop-controls.tsx'
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
