/**
 * A link out of the page, as the node gave it: `http(s)` alone. A thread's may be of another scheme, which the node's
 * owner allowed; what a browser would run is none even so.
 */
import type { ComponentChildren } from 'preact'

type Out = {
  readonly href: string
  readonly children: ComponentChildren
  readonly isButton?: boolean
  readonly isThread?: boolean
}

export function OutLink({ href, children, isButton = false, isThread = false }: Out) {
  if (!isSafe(href, isThread)) return <span>{children}</span>
  return (
    <a class={isButton ? 'button' : 'out'} href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  )
}

const scripts = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'about:'])

function isSafe(href: string, isThread: boolean): boolean {
  if (!URL.canParse(href)) return false
  const { protocol } = new URL(href)
  return /^https?:$/.test(protocol) || (isThread && !scripts.has(protocol))
}
