/** A link out of the page, as the node gave it. What is no `http(s)` must be of a form that no browser runs. */
import type { ComponentChildren } from 'preact'

type Out = {
  readonly href: string
  readonly children: ComponentChildren
  readonly isButton?: boolean
}

export function OutLink({ href, children, isButton = false }: Out) {
  if (!isSafe(href)) return <span>{children}</span>
  return (
    <a class={isButton ? 'button' : 'out'} href={href} target="_blank" rel="noopener noreferrer">
      {children}
    </a>
  )
}

const scripts = new Set(['javascript:', 'data:', 'vbscript:', 'blob:', 'file:', 'about:'])

function isSafe(href: string): boolean {
  return URL.canParse(href) && !scripts.has(new URL(href).protocol)
}
