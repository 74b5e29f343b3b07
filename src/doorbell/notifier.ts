/**
 * The doorbell as a library: renders an event and hands it to one sender.
 *
 * The sender is awaited exactly once, with exactly what `renderNotification` returns. Its failure
 * rejects unchanged. Nothing is retried and nothing is kept: whoever needs that runs the node.
 */
import type { LinkOptions } from './link.ts'
import { type Notification, renderNotification, type TerminalEvent } from './notification.ts'

/** Takes a notification outside. Rejects if it was not certainly taken; every channel rejects with a `SendError`. */
export type Sender = (notification: Notification) => Promise<void>

/**
 * @example
 * ```ts
 * import { Notifier } from 'afk-loop'
 * import { ntfy } from 'afk-loop/channels/ntfy'
 *
 * const phone = ntfy({ server: 'https://ntfy.example', topic: 'afk' })
 * const notifier = new Notifier(phone, { baseUrl: 'https://t3.example' })
 * await notifier.notify({
 *   kind: 'frozen',
 *   issue: { repo: 'infra', number: 42 },
 *   threadId: 't-1',
 *   detail: 'CI red',
 * })
 * ```
 */
export class Notifier {
  readonly #sender: Sender
  readonly #options: LinkOptions

  constructor(sender: Sender, options: LinkOptions = {}) {
    this.#sender = sender
    this.#options = options
  }

  /**
   * Resolves once the sender has.
   *
   * @throws {TypeError} for a kind outside the three or a link that may not be shown, before the sender is called.
   */
  async notify(event: TerminalEvent): Promise<void> {
    await this.#sender(renderNotification(event, this.#options))
  }
}
