/** What this browser can do more: tell of rings while the page is open, and keep the page as an app. */
import { useState } from 'preact/hooks'

import { type Permission, permission } from './news.ts'

const words: Readonly<Record<Permission, string>> = {
  insecure: 'Browser notifications need HTTPS or localhost; this page came over plain HTTP.',
  unsupported: 'This browser has no notifications for pages.',
  default: 'This browser can show a ring as a notification while the page is open.',
  granted: 'Rings are shown as notifications while the page is open.',
  denied: 'Notifications are turned off for this page, in the browser’s settings.',
}

export function Device() {
  const [now, setNow] = useState<Permission>(permission())
  return (
    <section aria-labelledby="device">
      <h2 id="device">This device</h2>
      <p>{words[now]}</p>
      {now === 'default' && (
        <div class="acts">
          <button
            type="button"
            class="button"
            onClick={() => void Notification.requestPermission().then(setNow)}
          >
            Allow notifications
          </button>
        </div>
      )}
      <p>
        {window.isSecureContext
          ? 'The page can be installed as an app, from the browser’s menu.'
          : 'To install the page as an app, open it over HTTPS or at localhost.'}
      </p>
      <p class="small">Your phone rings through its channel, whether this page is open or not.</p>
    </section>
  )
}
