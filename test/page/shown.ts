/** A browser that may show notifications, to somebody who does not look, and remembers their titles. */
import type { Page } from 'playwright-core'

/** Runs in the page, before anything of it or later. */
export function rememberNotifications(): void {
  const shown: string[] = []
  Object.assign(window, { shown })
  const told = (title: string) => void shown.push(title)
  window.Notification = Object.assign(
    class extends EventTarget {
      constructor(title: string) {
        super()
        told(title)
      }
    },
    { permission: 'granted' },
  ) as unknown as typeof Notification
  document.hasFocus = () => false
}

/** The titles, oldest first. */
export const shownOn = (page: Page) => page.evaluate(() => Object(window).shown as string[])
