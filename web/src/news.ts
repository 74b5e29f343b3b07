/** A ring that has just come, told to whoever does not look: read out, and shown by the browser where that is allowed. */
import { nodeNow } from './ask.ts'
import { cell } from './cell.ts'
import type { ListedRing } from './shapes.ts'

/** What a screen reader says next. */
export const spoken = cell('')

/** What is older was only not read before. A hidden page may hear of a ring by two minutes late. */
const newsMs = 180_000

export function announce(ring: ListedRing, isOpen: boolean): void {
  if (nodeNow() - Date.parse(ring.acceptedAt) > newsMs) return
  spoken.set(`${isOpen ? 'It needs you' : 'New ring'}: ${ring.title}`)
  if (document.visibilityState === 'visible' && document.hasFocus()) return
  void show(ring, isOpen)
}

export type Permission = 'insecure' | 'unsupported' | NotificationPermission

export function permission(): Permission {
  if (!window.isSecureContext) return 'insecure'
  return 'Notification' in window ? Notification.permission : 'unsupported'
}

/** Phones show one only through the worker. */
async function show(ring: ListedRing, isOpen: boolean): Promise<void> {
  if (permission() !== 'granted') return
  const { title, excerpt, id } = ring
  const options = { body: excerpt.slice(0, 200), tag: id, silent: !isOpen, data: `/#/ring/${id}` }
  const worker = await navigator.serviceWorker.getRegistration()
  if (worker !== undefined) return worker.showNotification(title, options)
  const shown = new Notification(title, options)
  shown.addEventListener('click', () => {
    window.focus()
    window.location.hash = `#/ring/${id}`
  })
}
