/** Whoever used a button that is gone since stays in the part of the page where it was, and is not put to its top. */
import type { RefObject } from 'preact'
import { useEffect } from 'preact/hooks'

export function useKeptFocus(part: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    let last: EventTarget | null = null
    const seen = ({ target }: FocusEvent) => {
      last = target
    }
    const watcher = new MutationObserver(() => {
      if (!(last instanceof Node) || last.isConnected) return
      last = null
      if (document.activeElement === document.body) part.current?.focus({ preventScroll: true })
    })
    document.addEventListener('focusin', seen)
    watcher.observe(document.body, { childList: true, subtree: true })
    return () => {
      document.removeEventListener('focusin', seen)
      watcher.disconnect()
    }
  }, [part])
}
