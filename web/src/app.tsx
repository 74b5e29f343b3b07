/** The page: what is said first, the three parts, and what is open of them. */
import { useEffect, useRef } from 'preact/hooks'

import { NoteBeingWritten } from './acknowledge.tsx'
import { Act } from './act.tsx'
import { BellView } from './bell-view.tsx'
import { useCell } from './cell.ts'
import { signOut } from './deeds.ts'
import { isLockedOut, session, status } from './desk.ts'
import { link } from './follow.ts'
import { Headline } from './headline.tsx'
import { useKeptFocus } from './kept-focus.ts'
import { spoken } from './news.ts'
import { Offline } from './offline.tsx'
import { RingView } from './ring-view.tsx'
import { RingsView } from './rings-view.tsx'
import { type Route, route } from './route.ts'
import { RunView } from './run-view.tsx'
import { RunsView, UnderWay } from './runs-view.tsx'
import { SignIn } from './sign-in.tsx'
import { ThemeButton } from './theme.tsx'

export function App() {
  const isOut = useCell(isLockedOut)
  return (
    <>
      <a class="skip" href="#main" onClick={toMain}>
        To the content
      </a>
      <Top />
      <Offline />
      <Spoken />
      {isOut ? (
        <main class="hall" id="main" tabIndex={-1}>
          <SignIn />
        </main>
      ) : (
        <Hall />
      )}
    </>
  )
}

/** Not by the address: there it would be another part of the page. */
function toMain(event: Event): void {
  event.preventDefault()
  document.querySelector<HTMLElement>('#main')?.focus()
}

function Top() {
  const { needed = false, signedIn = false } = useCell(session) ?? {}
  return (
    <header class="top">
      <span class="mark">AFK</span>
      <LinkState />
      <ThemeButton />
      {needed && signedIn && <Act label="Sign out" work={signOut} isQuiet />}
    </header>
  )
}

function LinkState() {
  const state = useCell(link)
  const isOut = useCell(isLockedOut)
  if (isOut) return <span class="link-state" />
  const words = { connecting: 'connecting', live: 'live', lost: 'offline' }[state]
  return <span class={`link-state ${state}`}>{words}</span>
}

function Spoken() {
  return (
    <div class="unseen" aria-live="polite">
      {useCell(spoken)}
    </div>
  )
}

function Hall() {
  const at = useCell(route)
  const main = useRef<HTMLElement>(null)
  const isFirst = useRef(true)
  useKeptFocus(main)
  useEffect(() => {
    // Whoever goes somewhere by keyboard or ear arrives there.
    if (!isFirst.current) main.current?.focus({ preventScroll: true })
    isFirst.current = false
  }, [at])
  return (
    <>
      <div class="hall">
        <Headline isBrief={at.at !== 'rings'} />
        <div class="columns">
          <main id="main" ref={main} tabIndex={-1}>
            <View at={at} />
          </main>
          {(at.at === 'rings' || at.at === 'ring') && (
            <aside class="aside" aria-label="At a glance">
              <UnderWay isBrief />
            </aside>
          )}
        </div>
      </div>
      <Tabs at={at} />
      <NoteBeingWritten />
    </>
  )
}

function View({ at }: { readonly at: Route }) {
  switch (at.at) {
    case 'rings':
      return <RingsView />
    case 'runs':
      return <RunsView />
    case 'bell':
      return <BellView />
    case 'ring':
      return <RingView key={at.id} id={at.id} />
    case 'run':
      return <RunView key={at.id} id={at.id} />
  }
}

function Tabs({ at: { at } }: { readonly at: Route }) {
  const now = useCell(status)
  const dead = now?.channels.reduce((sum, channel) => sum + channel.dead, 0) ?? 0
  const tabs = [
    {
      to: 'rings',
      name: 'Rings',
      count: now?.open.count ?? 0,
      what: 'open',
      isHere: at === 'ring',
    },
    {
      to: 'runs',
      name: 'Runs',
      count: now?.loop.runs.length ?? 0,
      what: 'under way',
      isHere: at === 'run',
    },
    { to: 'bell', name: 'Bell', count: dead, what: 'given up', isHere: false },
  ]
  return (
    <nav class="tabs" aria-label="Parts">
      {tabs.map(({ to, name, count, what, isHere }) => (
        <a key={to} href={`#/${to}`} aria-current={at === to || isHere ? 'page' : undefined}>
          {name}
          {count > 0 && (
            <span class={to === 'runs' ? 'count' : 'count loud'}>
              {count > 999 ? '999+' : count}
              <span class="unseen"> {what}</span>
            </span>
          )}
        </a>
      ))}
    </nav>
  )
}
